/** What webhooks and policies have in common. https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/ */
import {
  type FieldError,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooMany,
} from '../../errors.ts';
import { isDnsSubdomain, isQualifiedName } from '../../names.ts';
import type { MutatingWebhookConfiguration, ValidatingAdmissionPolicy } from '../../types.ts';
import { each, named, oneOf, unique } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';

type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];
type RuleWithOperations = NonNullable<Webhook['rules']>[number];
type Condition = NonNullable<Webhook['matchConditions']>[number];

const MAX_MATCH_CONDITIONS = 64;
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

export const validateRules = (
  field: string,
  rules: readonly RuleWithOperations[] | undefined,
): FieldError[] => each(field, rules, validateRule);

function validateRule(rule: RuleWithOperations, at: string): FieldError[] {
  return [
    ...alone(`${at}.operations`, rule.operations, 'operations'),
    ...(rule.operations ?? []).flatMap((operation, i) =>
      operations.includes(operation)
        ? []
        : [fieldNotSupported(`${at}.operations[${i}]`, operation, operations)],
    ),
    ...alone(`${at}.apiGroups`, rule.apiGroups, 'API groups'),
    ...alone(`${at}.apiVersions`, rule.apiVersions, 'API versions'),
    ...(rule.apiVersions ?? []).flatMap((version, i) =>
      version === '' ? [fieldRequired(`${at}.apiVersions[${i}]`)] : [],
    ),
    ...validateResources(`${at}.resources`, rule.resources ?? []),
    ...(rule.scope ? oneOf(`${at}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced']) : []),
  ];
}

/** Who says `*` says nothing beside it. */
function alone(field: string, names: readonly string[] | undefined, what: string): FieldError[] {
  if (!names?.length) return [fieldRequired(field)];
  if (names.length === 1 || !names.includes('*')) return [];
  return [fieldInvalid(field, names, `if '*' is present, must not specify other ${what}`)];
}

function validateResources(field: string, resources: readonly string[]): FieldError[] {
  if (resources.length === 0) return [fieldRequired(field)];
  const wrong = resources.flatMap((resource, i) =>
    resource === '' ? [fieldRequired(`${field}[${i}]`)] : [],
  );
  if (resources.length > 1 && resources.includes('*/*'))
    wrong.push(fieldInvalid(field, resources, "if '*/*' is present, must not specify other resources"));
  for (const [i, resource] of resources.entries()) {
    const [whole, part] = resource.split('/');
    const covering = [`${whole}/*`, ...(part === undefined ? ['*'] : [`*/${part}`])];
    const other = covering.find((pattern) => pattern !== resource && resources.includes(pattern));
    if (other !== undefined && resource !== '*/*' && other !== '*/*')
      wrong.push(
        fieldInvalid(`${field}[${i}]`, resource, `if '${other}' is present, must not specify ${resource}`),
      );
  }
  return wrong;
}

export function validateConditions(
  field: string,
  conditions: readonly Condition[] | undefined,
): FieldError[] {
  const all = conditions ?? [];
  if (all.length > MAX_MATCH_CONDITIONS) return [fieldTooMany(field, all.length, MAX_MATCH_CONDITIONS)];
  return [
    ...each(field, all, ({ name, expression }, at) => [
      ...(expression.trim() === '' ? [fieldRequired(`${at}.expression`)] : []),
      ...named(`${at}.name`, name, isQualifiedName),
    ]),
    ...unique(
      all,
      ({ name }) => name,
      (i) => `${field}[${i}].name`,
    ),
  ];
}

export const validatePolicies = (
  at: string,
  { failurePolicy, matchPolicy }: { failurePolicy?: string | undefined; matchPolicy?: string | undefined },
): FieldError[] => [
  ...(failurePolicy ? oneOf(`${at}.failurePolicy`, failurePolicy, ['Fail', 'Ignore']) : []),
  ...(matchPolicy ? oneOf(`${at}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact']) : []),
];

type MatchResources = NonNullable<NonNullable<ValidatingAdmissionPolicy['spec']>['matchConstraints']>;

export const validateMatchResources = (at: string, resources: MatchResources): FieldError[] => [
  ...validatePolicies(at, { matchPolicy: resources.matchPolicy }),
  ...validateLabelSelector(`${at}.namespaceSelector`, resources.namespaceSelector),
  ...validateLabelSelector(`${at}.objectSelector`, resources.objectSelector),
  ...validateRules(`${at}.resourceRules`, resources.resourceRules),
  ...validateRules(`${at}.excludeResourceRules`, resources.excludeResourceRules),
];

/** A domain of three parts at least. */
export const isFullyQualified = (name: string): string[] => {
  const wrong = isDnsSubdomain(name);
  if (wrong.length > 0) return wrong;
  return name.split('.').length < 3
    ? ['should be a domain with at least three segments separated by dots']
    : [];
};
