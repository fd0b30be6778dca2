/** What a node says of the endpoints that it has itself, for the traffic policies that want one here. */
import type { Endpoint, EndpointSlice, Service } from '../../api/types.ts';
import type { TrafficPolicy } from '../metrics.ts';
import { isLeftToOthers } from '../others.ts';

/** What load balancers are told on `healthCheckNodePort`. */
export interface ServiceCheck {
  port: number;
  /** How many ready endpoints this node has; of a family that the Service does not have, nothing. */
  endpoints: { 4?: number; 6?: number };
}

const families = [4, 6] as const;

/** https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip */
export function checkOf(
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  nodeName: string,
): ServiceCheck | undefined {
  const { type, externalTrafficPolicy, healthCheckNodePort, ipFamilies } = service?.spec ?? {};
  if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local' || !healthCheckNodePort) return undefined;
  if (!service || isLeftToOthers(service)) return undefined;
  const own = families.filter((family) => !ipFamilies || ipFamilies.includes(`IPv${family}`));
  return {
    port: healthCheckNodePort,
    endpoints: Object.fromEntries(own.map((family) => [family, readyHere(slices, family, nodeName)])),
  };
}

function readyHere(slices: readonly EndpointSlice[], family: 4 | 6, nodeName: string): number {
  const addresses = slices
    .filter(({ addressType }) => addressType === `IPv${family}`)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter((endpoint) => endpoint.nodeName === nodeName && endpoint.conditions?.ready !== false)
    .map((endpoint) => endpoint.addresses[0]);
  return new Set(addresses).size;
}

/** The policies `Local` of a Service that has endpoints, but none on this node. */
export function policiesWithoutLocal(
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  nodeName: string,
): TrafficPolicy[] {
  if (!service?.spec || isLeftToOthers(service)) return [];
  const { spec } = service;
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || !!spec.externalIPs?.length;
  const local: TrafficPolicy[] = [
    ...(spec.internalTrafficPolicy === 'Local' ? (['internal'] as const) : []),
    ...(spec.externalTrafficPolicy === 'Local' && isExternal ? (['external'] as const) : []),
  ];
  if (local.length === 0) return [];
  const serving = slices.flatMap(({ endpoints }) => (endpoints ?? []).filter(takesTraffic));
  return serving.length > 0 && !serving.some((endpoint) => endpoint.nodeName === nodeName) ? local : [];
}

const takesTraffic = ({ conditions }: Endpoint): boolean =>
  conditions?.ready !== false || (conditions.serving !== false && conditions.terminating === true);
