/** What a Service must fulfil: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
import { contains, parseAddress, parseCidr } from '../../../lib/ip.ts';
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isDnsSubdomain, isQualifiedName } from '../../names.ts';
import type { Service } from '../../types.ts';
import {
  because,
  each,
  isCidr,
  isIP,
  isSame,
  named,
  oneOf,
  optional,
  unique,
} from '../../validate/checks.ts';
import { validateLabels } from '../../validate/labels.ts';
import { isExternallyAccessible } from './defaults.ts';
import { validatePorts } from './validatePorts.ts';

type Spec = NonNullable<Service['spec']>;

const MAX_AFFINITY_SECONDS = 86400;

export function validateService({ spec = {} }: Service): FieldError[] {
  return [
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validatePorts(spec),
    ...validateLabels('spec.selector', spec.selector),
    ...validateAffinity(spec),
    ...validateClusterIPs(spec),
    ...validateFamilies(spec),
    ...validateExternalName(spec),
    ...each('spec.externalIPs', spec.externalIPs, (ip, at) => validateExternalIP(at, ip)),
    ...validateTraffic(spec),
    ...validateLoadBalancer(spec),
  ];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  const at = 'spec.sessionAffinityConfig';
  if (sessionAffinity !== 'ClientIP')
    return [
      ...oneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']),
      ...(sessionAffinityConfig ? [fieldForbidden(at, 'must not be set when session affinity is None')] : []),
    ];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined) return [fieldRequired(at, 'when session affinity type is ClientIP')];
  return seconds > 0 && seconds <= MAX_AFFINITY_SECONDS
    ? []
    : [
        fieldInvalid(
          `${at}.clientIP.timeoutSeconds`,
          seconds,
          `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`,
        ),
      ];
}

function validateClusterIPs({ type, clusterIP, clusterIPs = [] }: Spec): FieldError[] {
  if (type === 'ExternalName')
    return clusterIPs.length > 0 || clusterIP
      ? [fieldForbidden('spec.clusterIPs', 'may not be set for ExternalName services')]
      : [];
  const all = clusterIPs.length > 0 ? clusterIPs : clusterIP ? [clusterIP] : [];
  const wrong: FieldError[] = [];
  if (clusterIPs.length > 0 && clusterIP && clusterIPs[0] !== clusterIP)
    wrong.push(fieldInvalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  if (all.includes('None')) {
    if (all.length > 1)
      wrong.push(fieldInvalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"));
    if (type === 'NodePort' || type === 'LoadBalancer')
      wrong.push(fieldInvalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
    return wrong;
  }
  wrong.push(...each('spec.clusterIPs', all, (ip, at) => because(at, ip, isIP(ip))));
  if (all.length > 2) wrong.push(fieldInvalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  return wrong;
}

function validateFamilies({ type, ipFamilies, ipFamilyPolicy }: Spec): FieldError[] {
  if (type === 'ExternalName') {
    const said = (field: string) => fieldForbidden(field, 'may not be set for ExternalName services');
    return [
      ...(ipFamilies?.length ? [said('spec.ipFamilies')] : []),
      ...(ipFamilyPolicy ? [said('spec.ipFamilyPolicy')] : []),
    ];
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  const families = ipFamilies ?? [];
  return [
    ...(families.length > 2
      ? [fieldInvalid('spec.ipFamilies', families, 'may only hold up to 2 values')]
      : unique(
          families,
          (family) => family,
          (i) => `spec.ipFamilies[${i}]`,
        )),
    ...(ipFamilyPolicy ? oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, policies) : []),
    ...each('spec.ipFamilies', ipFamilies, (family, at) => oneOf(at, family, ['IPv4', 'IPv6'])),
  ];
}

function validateExternalName({ type, externalName }: Spec): FieldError[] {
  if (type !== 'ExternalName') return [];
  // A trailing dot is good in DNS and no harm here.
  return named('spec.externalName', externalName, (name) => isDnsSubdomain(name.replace(/\.$/, '')));
}

/** Ranges no Service may answer for: a node would lose its own traffic. */
const reserved = [
  ['0.0.0.0/32', 'may not be unspecified (0.0.0.0 or ::)'],
  ['::/128', 'may not be unspecified (0.0.0.0 or ::)'],
  ['127.0.0.0/8', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['::1/128', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['169.254.0.0/16', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['fe80::/10', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['224.0.0.0/24', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ['ff02::/16', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
] as const;

function validateExternalIP(field: string, ip: string): FieldError[] {
  const wrong = because(field, ip, isIP(ip));
  if (wrong.length > 0) return wrong;
  const address = parseAddress(ip);
  return reserved
    .filter(([range]) => contains(parseCidr(range), address))
    .map(([, why]) => fieldInvalid(field, ip, why));
}

function validateTraffic(spec: Spec): FieldError[] {
  const policies = ['Cluster', 'Local'];
  const external = spec.externalTrafficPolicy;
  const wrong = spec.internalTrafficPolicy
    ? oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, policies)
    : [];
  if (isExternallyAccessible(spec)) wrong.push(...oneOf('spec.externalTrafficPolicy', external, policies));
  else if (external)
    wrong.push(
      fieldInvalid(
        'spec.externalTrafficPolicy',
        external,
        'may only be set for externally-accessible services',
      ),
    );
  if (spec.trafficDistribution)
    wrong.push(
      ...oneOf('spec.trafficDistribution', spec.trafficDistribution, [
        'PreferClose',
        'PreferSameNode',
        'PreferSameZone',
      ]),
    );
  return wrong;
}

function validateLoadBalancer(spec: Spec): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const wrong: FieldError[] = [];
  const only = (
    field: 'loadBalancerSourceRanges' | 'allocateLoadBalancerNodePorts' | 'loadBalancerClass',
  ) => {
    const value = spec[field];
    if (!isLoadBalancer && value !== undefined && !isSame(value, []))
      wrong.push(fieldForbidden(`spec.${field}`, "may only be used when `type` is 'LoadBalancer'"));
  };
  only('loadBalancerSourceRanges');
  only('allocateLoadBalancerNodePorts');
  only('loadBalancerClass');
  if (isLoadBalancer) {
    wrong.push(
      ...each('spec.loadBalancerSourceRanges', spec.loadBalancerSourceRanges, (range, at) =>
        because(at, range, isCidr(range.trim())),
      ),
      ...optional('spec.loadBalancerClass', spec.loadBalancerClass, isQualifiedName),
    );
  }
  if (spec.healthCheckNodePort && !(isLoadBalancer && spec.externalTrafficPolicy === 'Local'))
    wrong.push(
      fieldInvalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  return wrong;
}

/** Clients have learnt the address; it stays as long as the Service has one. */
export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  const once = (field: string, value: unknown) => fieldInvalid(field, value, 'may not change once set');
  const wrong: FieldError[] = [];
  const keepsAddress = spec.type !== 'ExternalName' && old.type !== 'ExternalName';
  if (keepsAddress && old.clusterIP && spec.clusterIP !== old.clusterIP)
    wrong.push(once('spec.clusterIPs[0]', [spec.clusterIP ?? '']));
  const [family] = old.ipFamilies ?? [];
  if (keepsAddress && family && spec.ipFamilies?.length && spec.ipFamilies[0] !== family)
    wrong.push(once('spec.ipFamilies[0]', spec.ipFamilies));
  if (
    old.type === 'LoadBalancer' &&
    spec.type === 'LoadBalancer' &&
    spec.loadBalancerClass !== old.loadBalancerClass
  )
    wrong.push(once('spec.loadBalancerClass', spec.loadBalancerClass ?? null));
  if (checksHealth(spec) && checksHealth(old) && spec.healthCheckNodePort !== old.healthCheckNodePort)
    wrong.push(
      fieldInvalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort ?? 0,
        'cannot change healthCheckNodePort on loadBalancer service with externalTraffic=Local during update',
      ),
    );
  return wrong;
}

const checksHealth = ({ type, externalTrafficPolicy, healthCheckNodePort }: Spec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local' && Boolean(healthCheckNodePort);
