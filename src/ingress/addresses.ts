/** Where Ingresses are reached: what stands in their status. */
import type { Ingress, Node, Service } from '../api/types.ts';

type Addresses = NonNullable<NonNullable<NonNullable<Ingress['status']>['loadBalancer']>['ingress']>;

/** The addresses of the controller's Service when it has some, else those of the nodes, as its node ports are on each. */
export function addressesOf(service: Service | undefined, nodes: Iterable<Node>): Addresses {
  const balanced = service?.status?.loadBalancer?.ingress ?? [];
  if (balanced.length > 0)
    return balanced.map(({ ip, hostname }) => ({ ...(ip && { ip }), ...(hostname && { hostname }) }));
  return [...nodes]
    .flatMap(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? [])
    .sort()
    .map((ip) => ({ ip }));
}

export const shows = ({ status }: Ingress, addresses: Addresses): boolean =>
  JSON.stringify(status?.loadBalancer?.ingress ?? []) === JSON.stringify(addresses);
