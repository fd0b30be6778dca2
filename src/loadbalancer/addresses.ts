/** Which addresses are to be held, and for which Services: what their statuses say. Pure. */
import type { Node, Service } from '../api/types.ts';
import { canonical, isAddress } from '../lib/ip.ts';

/** Services without a class, and of this one, are Switchboard's. */
const ownClass = 'switchboard.dev/lan';

/** By address, in canonical text; several Services may share one. Addresses that nodes have are left alone. */
export function wantedAddresses(
  services: Iterable<Service>,
  nodes: Iterable<Node>,
): Map<string, [Service, ...Service[]]> {
  const wanted = new Map<string, [Service, ...Service[]]>();
  for (const service of services)
    for (const address of addressesOf(service)) {
      const sharers = wanted.get(address);
      if (sharers) sharers.push(service);
      else wanted.set(address, [service]);
    }
  if (wanted.size > 0) for (const node of nodes) for (const ip of internalIPs(node)) wanted.delete(ip);
  return wanted;
}

/** Empty for a Service that has none, or whose class names somebody else. */
export function addressesOf({ spec, status }: Service): string[] {
  if (spec?.type !== 'LoadBalancer' || (spec.loadBalancerClass ?? ownClass) !== ownClass) return [];
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) => (isAddress(ip) ? canonical(ip) : []));
}

export const internalIPs = ({ status }: Node): string[] =>
  (status?.addresses ?? [])
    .filter(({ type, address }) => type === 'InternalIP' && isAddress(address))
    .map(({ address }) => canonical(address));
