/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ */
import { isAddress } from '../../../lib/ip.ts';
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain, isPortName, isPortNumber } from '../../names.ts';
import type { Ingress } from '../../types.ts';
import { because, each, named, optional } from '../../validate/checks.ts';

type Spec = NonNullable<Ingress['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];
type Backend = Path['backend'];

const PATH_TYPES: readonly string[] = ['Exact', 'ImplementationSpecific', 'Prefix'];
/** What a proxy could take for another path than the one that is written. */
const ODD_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const ODD_ENDS = ['/..', '/.'];

export function validateIngress({ spec = {} }: Ingress): FieldError[] {
  const { defaultBackend, rules = [], tls, ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend)
    return [fieldInvalid('spec', spec, 'either `defaultBackend` or `rules` must be specified')];
  return [
    ...each('spec.rules', rules, validateRule),
    ...(defaultBackend ? validateBackend(defaultBackend, 'spec.defaultBackend') : []),
    ...each('spec.tls', tls, ({ hosts, secretName }, at) => [
      ...each(`${at}.hosts`, hosts, (host, where) => because(where, host, isHost(host))),
      ...optional(`${at}.secretName`, secretName, isDnsSubdomain),
    ]),
    ...optional('spec.ingressClassName', ingressClassName, isDnsSubdomain),
  ];
}

function validateRule({ host, http }: Rule, at: string): FieldError[] {
  const wrong: FieldError[] = [];
  if (host && isAddress(host))
    wrong.push(fieldInvalid(`${at}.host`, host, 'must be a DNS name, not an IP address'));
  else wrong.push(...optional(`${at}.host`, host, isHost));
  if (!http) return wrong;
  if (http.paths.length === 0) wrong.push(fieldRequired(`${at}.http.paths`));
  return [...wrong, ...each(`${at}.http.paths`, http.paths, validatePath)];
}

/** `*` may stand for the first label. */
const isHost = (host: string): string[] => (host.includes('*') ? isWildcard(host) : isDnsSubdomain(host));

const isWildcard = (host: string): string[] =>
  host.startsWith('*.') && isDnsSubdomain(host.slice(2)).length === 0
    ? []
    : [
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ];

function validatePath({ path = '', pathType, backend }: Path, at: string): FieldError[] {
  const wrong: FieldError[] = [];
  if (!pathType) wrong.push(fieldRequired(`${at}.pathType`, 'pathType must be specified'));
  else if (!PATH_TYPES.includes(pathType))
    wrong.push(fieldNotSupported(`${at}.pathType`, pathType, PATH_TYPES));
  else if (pathType === 'ImplementationSpecific') {
    if (path && !path.startsWith('/'))
      wrong.push(fieldInvalid(`${at}.path`, path, 'must be an absolute path'));
  } else wrong.push(...validatePlainPath(`${at}.path`, path));
  return [...wrong, ...validateBackend(backend, `${at}.backend`)];
}

function validatePlainPath(field: string, path: string): FieldError[] {
  if (!path.startsWith('/')) return [fieldInvalid(field, path, 'must be an absolute path')];
  return [
    ...ODD_PARTS.filter((part) => path.includes(part)).map((part) =>
      fieldInvalid(field, path, `must not contain '${part}'`),
    ),
    ...ODD_ENDS.filter((end) => path.endsWith(end)).map((end) =>
      fieldInvalid(field, path, `cannot end with '${end}'`),
    ),
  ];
}

function validateBackend({ service, resource }: Backend, at: string): FieldError[] {
  if (service && resource) return [fieldInvalid(at, '', 'cannot set both resource and service backends')];
  if (resource)
    return [...named(`${at}.resource.kind`, resource.kind), ...named(`${at}.resource.name`, resource.name)];
  if (!service) return [fieldInvalid(at, '', 'resource or service backend is required')];
  const { name, number = 0 } = service.port ?? {};
  const field = `${at}.service.port`;
  const wrong = named(`${at}.service.name`, service.name, isDnsLabel);
  if (name && number) wrong.push(fieldForbidden(field, 'cannot set both port name & port number'));
  else if (name) wrong.push(...because(`${field}.name`, name, isPortName(name)));
  else if (number) wrong.push(...because(`${field}.number`, number, isPortNumber(number)));
  else wrong.push(fieldRequired(field, 'port name or number is required'));
  return wrong;
}
