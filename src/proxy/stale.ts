/**
 * UDP has no connections, but the kernel tracks flows: one that was sent to an endpoint goes on to be sent
 * there although the rules say otherwise. These are to be forgotten when a Service changes.
 */
import { familyOf } from '../lib/ip.ts';
import type { UdpFilter, UdpFlow } from '../lib/linux/netlink/conntrack.ts';
import type { Frontend } from './frontend.ts';
import { slotOf } from './slots.ts';

export interface StaleFlows {
  filter: UdpFilter;
  also: (flow: UdpFlow) => boolean;
}

export const familyOfFlows = ({ filter }: StaleFlows): 4 | 6 =>
  'family' in filter ? filter.family : familyOf(filter.replySource.address);

/** Nothing is known `before` the first time, and then all flows are looked at. */
export function staleFlows(before: Frontend | undefined, after: Frontend): StaleFlows[] {
  if (after.protocol !== 'udp') return [];
  const kept = new Set(after.targets.map(slotOf));
  // While there was no endpoint, what was sent to a node port was taken to be for the node itself.
  if (before === undefined || before.targets.length === 0) return [toOthers(after, kept)];
  return before.targets
    .filter((target) => !kept.has(slotOf(target)))
    .map(({ address, port }) => ({ filter: { replySource: { address, port } }, also: isSentTo(after) }));
}

const isSentTo =
  ({ address, port }: Frontend) =>
  ({ originalDestination: to }: UdpFlow): boolean =>
    to.port === port && (address === '' || to.address === address);

const toOthers = (frontend: Frontend, kept: ReadonlySet<string>): StaleFlows => ({
  filter: { family: frontend.family, originalPort: frontend.port },
  also: (flow) => isSentTo(frontend)(flow) && !kept.has(slotOf(flow.replySource)),
});
