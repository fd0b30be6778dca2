/** Which endpoints of a Service take traffic. */
import type { EndpointSlice, ServicePort } from '../api/types.ts';
import { canonical, isAddress } from '../lib/ip.ts';

export interface Target {
  address: string;
  port: number;
  /** On this node, or nobody says where: of Endpoints that people write, for example. */
  isLocal: boolean;
}

/**
 * The endpoints for one port of a Service, in order of their addresses: those that are ready, or, when there
 * are none, those that are stopping and still serve (KEP-1669). One under `Local` has to be on this node.
 */
export function targetsOf(
  slices: readonly EndpointSlice[],
  family: 4 | 6,
  servicePort: Pick<ServicePort, 'name' | 'protocol'>,
  { nodeName, onlyLocal }: { nodeName: string; onlyLocal: boolean },
): Target[] {
  const ready = new Map<string, Target>();
  const stopping = new Map<string, Target>();
  for (const slice of slices) {
    if (slice.addressType !== `IPv${family}`) continue;
    const port = slice.ports?.find((p) => isSamePort(p, servicePort))?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions, nodeName: where } of slice.endpoints ?? []) {
      // The addresses of one endpoint are interchangeable: the first is used.
      const [address = ''] = addresses;
      if ((onlyLocal && where !== nodeName) || !isAddress(address)) continue;
      const isLocal = where === undefined || where === nodeName;
      const target = { address: canonical(address), port, isLocal };
      const key = `${target.address} ${port}`;
      // Absent means true.
      if (conditions?.ready !== false) ready.set(key, target);
      else if (conditions.serving !== false && conditions.terminating) stopping.set(key, target);
    }
  }
  const chosen = ready.size > 0 ? ready : stopping;
  return [...chosen.keys()].sort().flatMap((key) => chosen.get(key) ?? []);
}

function isSamePort(
  port: { name?: string; protocol?: string },
  wanted: Pick<ServicePort, 'name' | 'protocol'>,
): boolean {
  return (port.name ?? '') === (wanted.name ?? '') && (port.protocol ?? 'TCP') === (wanted.protocol ?? 'TCP');
}
