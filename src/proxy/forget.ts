/** Stale UDP flows leave the kernel's connection tracking. */
import { listAddresses } from '../lib/linux/netlink/addresses.ts';
import { deleteUdpFlows } from '../lib/linux/netlink/conntrack.ts';
import { netlink, protocol } from '../lib/linux/netlink/socket.ts';
import type { StaleFlows } from './stale.ts';

/** Deletes flows from the connection tracking of a namespace: this one, or the one that a file holds open. */
export function kernelForget(netns?: string): (flows: readonly StaleFlows[]) => number {
  const socket = netlink(netns, protocol.NETFILTER);
  const links = netlink(netns);
  return (flows) => {
    const own = new Set(flows.some(({ atNode }) => atNode) ? ownAddresses(links) : []);
    const isAtNode = (address: string) => own.has(address) || address.startsWith('127.');
    return flows.reduce((sum, { filter, also, atNode }) => {
      const isStale: typeof also = (flow) =>
        also(flow) && (!atNode || isAtNode(flow.originalDestination.address));
      return sum + deleteUdpFlows(socket, filter, isStale);
    }, 0);
  };
}

const ownAddresses = (links: ReturnType<typeof netlink>): string[] =>
  listAddresses(links).map(({ address }) => address);
