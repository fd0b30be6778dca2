/** Which routes a node needs so that pods reach each other across nodes: from Node objects alone. */
import { internalIPs } from '../api/core/node/addresses.ts';
import type { Node } from '../api/types.ts';
import { contains, familyOf, formatCidr, parseAddress, parseCidr } from '../lib/ip.ts';
import type { Route } from '../lib/linux/netlink/routes.ts';

/** By destination. */
export type Routes = ReadonlyMap<string, Route>;

/**
 * To another node's pods by that node's address; to addresses of this node that no pod has, nowhere, so that
 * they do not come back to the LAN.
 */
export function routesTo(node: Node, isThisNode: boolean): Route[] {
  return podCIDRsOf(node).flatMap((podCIDR): Route[] => {
    const destination = formatCidr(parseCidr(podCIDR));
    if (isThisNode) return [{ destination, unreachable: true }];
    const gateway = internalIPs(node).find((ip) => familyOf(ip) === familyOf(podCIDR));
    // A node inside its own pod range could not be reached by this route.
    if (!gateway || contains(parseCidr(podCIDR), parseAddress(gateway))) return [];
    return [{ destination, gateway }];
  });
}

function podCIDRsOf(node: Node): string[] {
  return node.spec?.podCIDRs ?? (node.spec?.podCIDR ? [node.spec.podCIDR] : []);
}

/** What has to be done to come from one set of routes to another. */
export function routeChanges(before: Routes, after: Routes): { gone: string[]; set: Route[] } {
  const same = (a: Route | undefined, b: Route) =>
    a?.gateway === b.gateway && a?.unreachable === b.unreachable;
  return {
    gone: [...before.keys()].filter((destination) => !after.has(destination)),
    set: [...after.values()].filter((route) => !same(before.get(route.destination), route)),
  };
}
