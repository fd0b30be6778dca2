/** Defaults of Services that depend on the type; addresses and node ports are handed out at admission. */
import type { Service } from '../../types.ts';

/** https://kubernetes.io/docs/concepts/services-networking/service/#session-stickiness-timeout */
const AFFINITY_SECONDS = 10800;

type Spec = NonNullable<Service['spec']>;

export function defaultService({ spec, status }: Service): void {
  for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  if (!spec) return;
  for (const port of spec.ports ?? []) port.targetPort ||= port.port;
  defaultAffinity(spec);
  const { type } = spec;
  if (type !== 'ExternalName') spec.internalTrafficPolicy ||= 'Cluster';
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

function defaultAffinity(spec: Spec): void {
  if (spec.sessionAffinity !== 'ClientIP') {
    delete spec.sessionAffinityConfig;
    return;
  }
  const clientIP = { timeoutSeconds: AFFINITY_SECONDS, ...spec.sessionAffinityConfig?.clientIP };
  spec.sessionAffinityConfig = { ...spec.sessionAffinityConfig, clientIP };
}

/** Whether packets for it can come from outside of the cluster. */
export const isExternallyAccessible = ({ type, externalIPs = [] }: Spec): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type !== 'ExternalName' && externalIPs.length > 0);
