/**
 * For whom each endpoint is: hints that proxies follow when all endpoints have one.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
 */
import type { Endpoint, EndpointSlice, Service } from '../../api/types.ts';
import { identityOf } from './pack.ts';
import { zonesFor } from './proportional.ts';
import type { Shares } from './topology.ts';

/** The first was the name of the second, and still outranks it. */
const topologyAnnotations = [
  'service.kubernetes.io/topology-aware-hints',
  'service.kubernetes.io/topology-mode',
] as const;

/** Whether endpoints are to be shared out to the zones by their CPU; this outranks `trafficDistribution`. */
export function isProportional({ metadata }: Service): boolean {
  const asked = topologyAnnotations.map((name) => metadata.annotations?.[name]);
  const mode = asked.find((value) => value !== undefined);
  return mode === 'Auto' || mode === 'auto';
}

/** Of the endpoints of one family; `undetermined` says why there are no hints although they are asked for. */
interface Hinted {
  endpoints: Endpoint[];
  undetermined?: string;
}

export function hinted(
  service: Service,
  endpoints: readonly Endpoint[],
  slices: readonly EndpointSlice[],
  shares: () => Shares | string,
): Hinted {
  if (isProportional(service)) return proportionally(endpoints, slices, shares());
  return { endpoints: endpoints.map((endpoint) => near(endpoint, service.spec?.trafficDistribution)) };
}

/** `PreferClose` is the old name of `PreferSameZone` (KEP-3015). */
const preferences: readonly (string | undefined)[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;

function near(endpoint: Endpoint, preference: string | undefined): Endpoint {
  if (!preferences.includes(preference) || !isReady(endpoint)) return endpoint;
  const { zone, nodeName } = endpoint;
  const hints = {
    ...(zone && { forZones: [{ name: zone }] }),
    // Beside the zone's, for nodes that have no endpoint of their own.
    ...(nodeName && preference === 'PreferSameNode' && { forNodes: [{ name: nodeName }] }),
  };
  return Object.keys(hints).length > 0 ? { ...endpoint, hints } : endpoint;
}

function proportionally(
  endpoints: readonly Endpoint[],
  slices: readonly EndpointSlice[],
  shares: Shares | string,
): Hinted {
  const before = new Map<string, string>();
  for (const endpoint of slices.flatMap((slice) => slice.endpoints ?? [])) {
    const zone = endpoint.hints?.forZones?.[0]?.name;
    if (zone) before.set(identityOf(endpoint), zone);
  }
  const zones = zonesFor(endpoints.filter(isReady), shares, (endpoint) => before.get(identityOf(endpoint)));
  if (typeof zones === 'string') return { endpoints: [...endpoints], undetermined: zones };
  const next = zones.values();
  return {
    endpoints: endpoints.map((endpoint) => {
      const zone = isReady(endpoint) ? next.next().value : undefined;
      return zone ? { ...endpoint, hints: { forZones: [{ name: zone }] } } : endpoint;
    }),
  };
}
