/** Stale UDP flows leave the kernel's connection tracking. */
import { deleteUdpFlows } from '../lib/linux/netlink/conntrack.ts';
import { netlink, protocol } from '../lib/linux/netlink/socket.ts';
import type { StaleFlows } from './stale.ts';

/** Deletes flows from the connection tracking of a namespace: this one, or the one that a file holds open. */
export function kernelForget(netns?: string): (flows: readonly StaleFlows[]) => number {
  const socket = netlink(netns, protocol.NETFILTER);
  return (flows) => flows.reduce((sum, { filter, also }) => sum + deleteUdpFlows(socket, filter, also), 0);
}
