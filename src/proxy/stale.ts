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
  /** Of these only what was sent to an address of this node: the same port of others is nothing to it. */
  atNode?: true;
}

export const familyOfFlows = ({ filter }: StaleFlows): 4 | 6 =>
  'family' in filter ? filter.family : familyOf(filter.replySource.address);

/** Nothing is known `before` the first time, and then all flows are looked at. */
export function staleFlows(before: Frontend | undefined, after: Frontend): StaleFlows[] {
  if (after.protocol !== 'udp') return [];
  const kept = new Set(after.targets.map(slotOf));
  // While there was no endpoint, what was sent to a node port was taken to be for the node itself.
  if (before === undefined || before.targets.length === 0)
    return isBesideInside(after) ? [] : [toOthers(after, kept)];
  return before.targets
    .filter((target) => !kept.has(slotOf(target)))
    .map(({ address, port }) => ({ filter: { replySource: { address, port } }, ...sentTo(after) }));
}

/** Flows from this node and its pods may be sent to endpoints elsewhere: they are looked at with the inside's. */
const isBesideInside = ({ side, whenEmpty }: Frontend): boolean => side === 'outside' && whenEmpty === 'drop';

const sentTo = ({ address, port }: Frontend): Omit<StaleFlows, 'filter'> => ({
  also: ({ originalDestination: to }) => to.port === port && (address === '' || to.address === address),
  ...(address === '' && { atNode: true }),
});

const toOthers = (frontend: Frontend, kept: ReadonlySet<string>): StaleFlows => {
  const { also, ...where } = sentTo(frontend);
  return {
    filter: { family: frontend.family, originalPort: frontend.port },
    also: (flow) => also(flow) && !kept.has(slotOf(flow.replySource)),
    ...where,
  };
};
