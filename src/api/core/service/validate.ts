/** What a Service must fulfil: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isDnsSubdomain, isQualifiedName } from '../../names.ts';
import type { Service } from '../../types.ts';
import { nonSpecial } from '../../validate/addresses.ts';
import { because, each, isCidr, isIP, named, oneOf, optional } from '../../validate/checks.ts';
import { validateLabels } from '../../validate/labels.ts';
import { isExternallyAccessible } from './defaults.ts';
import { validateAddressChange, validateAddresses } from './validateAddresses.ts';
import { validatePorts } from './validatePorts.ts';

type Spec = NonNullable<Service['spec']>;

const MAX_AFFINITY_SECONDS = 86400;

export function validateService({ metadata, spec = {} }: Service): FieldError[] {
  const { annotations = {} } = metadata;
  return [
    ...validateTopology(annotations),
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validatePorts(spec),
    ...validateLabels('spec.selector', spec.selector),
    ...validateAffinity(spec),
    ...validateHeadless(spec),
    ...validateAddresses(spec),
    ...validateExternalName(spec),
    ...each('spec.externalIPs', spec.externalIPs, (ip, at) => [
      ...because(at, ip, isIP(ip)),
      ...nonSpecial(at, ip),
    ]),
    ...validateTraffic(spec),
    ...validateSourceRanges(spec, annotations),
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

/** Ports of nodes and balanced addresses lead to the Service's own address. */
const validateHeadless = ({ type, clusterIP }: Spec): FieldError[] =>
  clusterIP === 'None' && (type === 'NodePort' || type === 'LoadBalancer')
    ? [fieldInvalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)]
    : [];

function validateExternalName({ type, externalName }: Spec): FieldError[] {
  if (type !== 'ExternalName') return [];
  // A trailing dot is good in DNS and no harm here.
  return named('spec.externalName', externalName, (name) => isDnsSubdomain(name.replace(/\.$/, '')));
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

const onlyBalanced = "may only be used when `type` is 'LoadBalancer'";

/** Older clients say it in the annotation, which counts where the field says nothing. */
function validateSourceRanges(
  { type, loadBalancerSourceRanges: ranges = [] }: Spec,
  annotations: Readonly<Record<string, string>>,
): FieldError[] {
  const name = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const wrong = (field: string, at: (i: number) => string, all: readonly string[]) => [
    ...(type === 'LoadBalancer' ? [] : [fieldForbidden(field, onlyBalanced)]),
    ...all.flatMap((range, i) => because(at(i), range.trim(), isCidr(range.trim()))),
  ];
  // Kubernetes writes this one field with a capital.
  const field = 'spec.LoadBalancerSourceRanges';
  if (ranges.length > 0) return wrong(field, (i) => `${field}[${i}]`, ranges);
  const said = annotations[name];
  if (said === undefined) return [];
  const path = `metadata.annotations[${name}]`;
  return wrong(path, () => path, said.trim() === '' ? [] : said.split(','));
}

function validateLoadBalancer(spec: Spec): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const wrong: FieldError[] = [];
  for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const)
    if (!isLoadBalancer && spec[field] !== undefined)
      wrong.push(fieldForbidden(`spec.${field}`, onlyBalanced));
  if (isLoadBalancer)
    wrong.push(...optional('spec.loadBalancerClass', spec.loadBalancerClass, isQualifiedName));
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

const topologyMode = 'service.kubernetes.io/topology-mode';
/** Its old name. */
const topologyAwareHints = 'service.kubernetes.io/topology-aware-hints';

function validateTopology({
  [topologyMode]: mode,
  [topologyAwareHints]: hints,
}: Readonly<Record<string, string>>): FieldError[] {
  if (mode === undefined || hints === undefined || mode === hints) return [];
  const why = `must match annotations[${topologyAwareHints}] when both are specified`;
  return [fieldInvalid(`metadata.annotations[${topologyMode}]`, mode, why)];
}

export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  const wrong = validateAddressChange(spec, old);
  const areBalanced = old.type === 'LoadBalancer' && spec.type === 'LoadBalancer';
  if (areBalanced && spec.loadBalancerClass !== old.loadBalancerClass)
    wrong.push(
      fieldInvalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'),
    );
  if (checksHealth(spec) && checksHealth(old) && spec.healthCheckNodePort !== old.healthCheckNodePort)
    wrong.push(fieldForbidden('spec.healthCheckNodePort', 'field is immutable'));
  return wrong;
}

const checksHealth = ({ type, externalTrafficPolicy, healthCheckNodePort }: Spec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local' && Boolean(healthCheckNodePort);
