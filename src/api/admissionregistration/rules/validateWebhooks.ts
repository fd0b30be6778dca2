/** https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/validating-webhook-configuration-v1/ */
import { type FieldError, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isPortNumber } from '../../names.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../types.ts';
import { because, each, named, oneOf, unique } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';
import { isFullyQualified, validateConditions, validatePolicies, validateRules } from './validate.ts';

type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];

export function validateWebhooks({
  webhooks,
}: MutatingWebhookConfiguration | ValidatingWebhookConfiguration): FieldError[] {
  const all = webhooks as Webhook[] | undefined;
  return [
    ...each('webhooks', all, validateWebhook),
    ...unique(
      all,
      ({ name }) => name,
      (i) => `webhooks[${i}].name`,
    ),
  ];
}

function validateWebhook(webhook: Webhook, at: string): FieldError[] {
  const { timeoutSeconds, reinvocationPolicy } = webhook;
  return [
    ...named(`${at}.name`, webhook.name, isFullyQualified),
    ...validateReviewVersions(`${at}.admissionReviewVersions`, webhook.admissionReviewVersions),
    ...validateRules(`${at}.rules`, webhook.rules),
    ...validatePolicies(at, webhook),
    ...validateSideEffects(`${at}.sideEffects`, webhook.sideEffects),
    ...(timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)
      ? [
          fieldInvalid(
            `${at}.timeoutSeconds`,
            timeoutSeconds,
            'the timeout value must be between 1 and 30 seconds',
          ),
        ]
      : []),
    ...validateLabelSelector(`${at}.namespaceSelector`, webhook.namespaceSelector),
    ...validateLabelSelector(`${at}.objectSelector`, webhook.objectSelector),
    ...(reinvocationPolicy
      ? oneOf(`${at}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never'])
      : []),
    ...validateClient(`${at}.clientConfig`, webhook.clientConfig),
    ...validateConditions(`${at}.matchConditions`, webhook.matchConditions),
  ];
}

function validateReviewVersions(field: string, versions: readonly string[]): FieldError[] {
  if (versions.length === 0) return [fieldRequired(field, 'must specify one of v1, v1beta1')];
  // Of v1beta1 alone this server knows nothing.
  return versions.includes('v1') ? [] : [fieldInvalid(field, versions, 'must include at least one of v1')];
}

function validateSideEffects(field: string, sideEffects: string | undefined): FieldError[] {
  if (!sideEffects) return [fieldRequired(field, 'must specify one of None, NoneOnDryRun')];
  return oneOf(field, sideEffects, ['None', 'NoneOnDryRun']);
}

function validateClient(at: string, { url, service }: Webhook['clientConfig']): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [fieldRequired(at, 'exactly one of url or service is required')];
  if (url !== undefined) return because(`${at}.url`, url, urlReasons(url));
  if (!service) return [];
  const { name, namespace, path, port } = service;
  return [
    ...(name ? [] : [fieldRequired(`${at}.service.name`, 'service name is required')]),
    ...(namespace ? [] : [fieldRequired(`${at}.service.namespace`, 'service namespace is required')]),
    ...(path === undefined ? [] : because(`${at}.service.path`, path, pathReasons(path))),
    ...(port === undefined
      ? []
      : because(
          `${at}.service.port`,
          port,
          isPortNumber(port).map((why) => `port is not valid: ${why}`),
        )),
  ];
}

const form = 'desired format: https://host[/path]';

function urlReasons(text: string): string[] {
  if (!URL.canParse(text)) return [`url must be a valid URL: ${form}`];
  const { protocol, host, username, password, search, hash } = new URL(text);
  return [
    ...(protocol === 'https:' ? [] : [`'https' is the only allowed URL scheme; ${form}`]),
    ...(host === '' ? [`host must be specified; ${form}`] : []),
    ...(username || password ? ['user information is not permitted in the URL'] : []),
    ...(hash ? ['fragments are not permitted in the URL'] : []),
    ...(search ? ['query parameters are not permitted in the URL'] : []),
  ];
}

function pathReasons(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) return ["must start with a '/'"];
  if (path === '/') return [];
  const isEmpty = path.slice(1).replace(/\/$/, '').split('/').includes('');
  return isEmpty ? ['a segment of the path may not be empty'] : [];
}
