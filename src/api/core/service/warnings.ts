/** What clients hear of a Service that is good and says something without effect, in Kubernetes' words. */
import type { Service } from '../../types.ts';
import { addressWarnings } from '../../validate/addresses.ts';

type Spec = NonNullable<Service['spec']>;

const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyAwareHints = 'service.kubernetes.io/topology-aware-hints';

export function warningsOfService({ metadata, spec = {} }: Service): string[] {
  const { clusterIPs = [], externalIPs = [], loadBalancerIP } = spec;
  const isOld = metadata.annotations?.[topologyAwareHints] !== undefined;
  return [
    ...(isOld ? [`annotation ${topologyAwareHints} is deprecated, please use ${topologyMode} instead`] : []),
    ...clusterIPs.flatMap((ip, i) => addressWarnings(`spec.clusterIPs[${i}]`, ip)),
    ...ofHeadless(spec),
    ...externalIPs.flatMap((ip, i) => addressWarnings(`spec.externalIPs[${i}]`, ip)),
    ...ofExternal(spec),
    ...(loadBalancerIP ? addressWarnings('spec.loadBalancerIP', loadBalancerIP) : []),
    ...ofNames(spec),
  ];
}

const isHeadless = ({ type, clusterIP }: Spec): boolean => type === 'ClusterIP' && clusterIP === 'None';

function ofHeadless(spec: Spec): string[] {
  if (!isHeadless(spec)) return [];
  const ignored = (field: string) => `spec.${field} is ignored for headless services`;
  return [
    ...(spec.loadBalancerIP ? [ignored('loadBalancerIP')] : []),
    ...(spec.externalIPs?.length ? [ignored('externalIPs')] : []),
    // As Kubernetes writes it.
    ...(spec.sessionAffinity === 'ClientIP' ? [ignored('SessionAffinity')] : []),
  ];
}

function ofExternal(spec: Spec): string[] {
  if (!spec.externalIPs?.length || isHeadless(spec)) return [];
  return spec.type === 'ExternalName'
    ? ['spec.externalIPs is ignored when spec.type is "ExternalName"']
    : ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'];
}

const ofNames = ({ type, externalName, trafficDistribution }: Spec): string[] => [
  ...(type !== 'ExternalName' && externalName
    ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
    : []),
  ...(trafficDistribution === 'PreferClose'
    ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
    : []),
];
