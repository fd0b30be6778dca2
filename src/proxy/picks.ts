/** Chains that draw one of N slots. Services with as many endpoints share one. */
import { createHash } from 'node:crypto';
import { familyOf } from '../lib/ip.ts';
import type { Frontend } from './frontend.ts';
import { commands, families, markBit } from './table.ts';

export interface Pick {
  /** Slots; with none, packets get no answer. */
  count: number;
  /** The connection gets this node's source address. */
  masquerade: boolean;
  /** For so long after its last connection a client keeps its endpoint: sessionAffinityConfig.clientIP.timeoutSeconds. */
  sticky?: { at: Frontend['at']; seconds: number };
  /** Of two, see Frontend. */
  side?: 'outside' | 'inside';
  /** Clients from elsewhere get no answer. */
  sourceRanges?: readonly string[];
}

/** `pick-3`, `pick-3-masquerade`, `pick-3-sticky-service-10800`, `pick-2-outside-from-1f3a5c7e` */
export function pickName({ count, masquerade, sticky, side, sourceRanges }: Pick): string {
  return [
    `pick-${count}`,
    ...(sticky ? [`sticky-${sticky.at}-${sticky.seconds}`] : []),
    ...(masquerade ? ['masquerade'] : []),
    ...(side ? [side] : []),
    ...(sourceRanges ? [`from-${hashOf(sourceRanges)}`] : []),
  ].join('-');
}

const hashOf = (ranges: readonly string[]): string =>
  createHash('sha1').update(ranges.join()).digest('hex').slice(0, 8);

/** The bits that say more than the slot. */
export const bitsOf = ({ masquerade, side }: Pick): number =>
  (masquerade ? markBit.masquerade : 0) + (side === 'inside' ? markBit.inside : 0);

export function pickCommands(pick: Pick): string[] {
  const name = pickName(pick);
  return [commands.addChain(name), ...rules(pick).map((rule) => commands.addRule(name, rule))];
}

const rules = (pick: Pick): string[] => [
  ...(pick.sourceRanges ? [onlyFrom(pick.sourceRanges)] : []),
  // What all endpoints are for draws among them; then nothing below matches.
  ...(pick.side === 'outside' ? families.map(({ ip, n }) => `${ip} saddr @local-pods${n} goto inside`) : []),
  ...(pick.side === 'outside' ? ['fib saddr type local goto inside'] : []),
  ...(pick.count === 0 ? ['drop'] : pick.sticky ? remember(pick, pick.sticky) : [draw(pick)]),
];

function onlyFrom(ranges: readonly string[]): string {
  const ip = familyOf(ranges[0] ?? '') === 4 ? 'ip' : 'ip6';
  return `${ip} saddr != { ${ranges.join(', ')} } drop`;
}

const draw = (pick: Pick): string =>
  `meta mark set numgen random mod ${pick.count} offset ${bitsOf(pick) + 1}`;

/** Affinity is by client and Service. */
const client4 = 'ip saddr . ip daddr . meta l4proto . th dport';
/**
 * nft 1.0.6 aborts on `update` with a key as long as IPv6 clients make it: a hash stands for them. Two that are
 * hashed alike share an endpoint, which nobody notices.
 */
const client6 = `jhash ip6 saddr . ip6 daddr . meta l4proto . th dport mod 268435456 seed 0x1 offset ${markBit.unknown}`;

/** What an endpoint's number is asked for with, by family. */
const frontendKeys = {
  service: (ip: string) => `${ip} daddr . meta l4proto . th dport . meta mark`,
  'node-port': () => 'meta l4proto . th dport . meta mark',
  'host-port': () => 'meta l4proto . th dport . meta mark',
} as const;

function remember(pick: Pick, { at, seconds }: NonNullable<Pick['sticky']>): string[] {
  const prefix = at === 'service' ? '' : `${at}-`;
  // From a slot, or a number that is remembered, to a number that is there; what is neither stays.
  const toNumber = families.map(
    ({ n, ip }) => `meta nfproto ipv${n} meta mark set ${frontendKeys[at](ip)} map @${prefix}slots${n}`,
  );
  const isGone = `meta mark & ${markBit.there + markBit.unknown} != ${markBit.there}`;
  return [
    `meta nfproto ipv4 meta mark set ${markBit.unknown}`,
    `meta mark set ${client4} map @affinity4`,
    `meta mark set ${client6}`,
    'meta nfproto ipv6 meta mark set meta mark map @affinity6',
    ...toNumber,
    // An update would renew its time and keep the number of whoever is gone.
    `${isGone} delete @affinity4 { ${client4} : meta mark }`,
    `${isGone} delete @affinity6 { ${client6} : meta mark }`,
    `${isGone} ${draw(pick)}`,
    ...toNumber,
    `meta mark set meta mark & ${0xffffffff - markBit.there}`,
    ...[`affinity4 { ${client4}`, `affinity6 { ${client6}`].map(
      (entry) => `update @${entry} timeout ${seconds}s : meta mark }`,
    ),
  ];
}
