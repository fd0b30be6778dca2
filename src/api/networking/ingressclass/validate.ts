/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/ */
import { type FieldError, fieldForbidden, fieldRequired, fieldTooLong } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain } from '../../names.ts';
import type { IngressClass } from '../../types.ts';
import { because, immutable, named, oneOf } from '../../validate/checks.ts';

const MAX_CONTROLLER_BYTES = 250;

export function validateIngressClass({ spec = {} }: IngressClass): FieldError[] {
  const { controller = '', parameters } = spec;
  return [...validateController(controller), ...(parameters ? validateParameters(parameters) : [])];
}

/** A path with a domain in front: `example.com/ingress`. */
function validateController(controller: string): FieldError[] {
  const field = 'spec.controller';
  if (Buffer.byteLength(controller) > MAX_CONTROLLER_BYTES)
    return [fieldTooLong(field, MAX_CONTROLLER_BYTES)];
  if (controller === '') return [fieldRequired(field)];
  const [domain = '', ...path] = controller.split('/');
  if (domain === '' || path.join('/') === '')
    return because(field, controller, ['must be a domain-prefixed path (such as "acme.io/foo")']);
  return because(field, domain, isDnsSubdomain(domain));
}

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

function validateParameters({ apiGroup, kind, name, scope, namespace }: Parameters): FieldError[] {
  const at = 'spec.parameters';
  const wrong = [
    ...(apiGroup ? because(`${at}.apiGroup`, apiGroup, isDnsSubdomain(apiGroup)) : []),
    ...named(`${at}.kind`, kind),
    ...named(`${at}.name`, name),
    ...oneOf(`${at}.scope`, scope, ['Cluster', 'Namespace']),
  ];
  if (scope === 'Namespace')
    wrong.push(
      ...(namespace
        ? because(`${at}.namespace`, namespace, isDnsLabel(namespace))
        : [fieldRequired(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'")]),
    );
  if (scope === 'Cluster' && namespace)
    wrong.push(fieldForbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  return wrong;
}

export const validateIngressClassUpdate = (now: IngressClass, old: IngressClass): FieldError[] =>
  immutable('spec.controller', now.spec?.controller, old.spec?.controller);
