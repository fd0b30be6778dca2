/** Which addresses are to be held, and for which Services: what their statuses say. Pure. */
import { internalIPs } from '../api/core/node/addresses.ts';
import { balancerIPs, isOurs } from '../api/core/service/loadBalancer.ts';
import type { Node, Service } from '../api/types.ts';

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
export const addressesOf = (service: Service): string[] => (isOurs(service) ? balancerIPs(service) : []);
