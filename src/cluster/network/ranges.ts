/** Ranges of addresses that somebody asked for, and why they cannot be had. Pure. */
import { type Cidr, type Family, formatCidr, overlap, parseAddress, parseCidr } from '../../lib/ip.ts';

interface Use {
  option: string;
  /** `pods` */
  what: string;
  /** From the widest prefix to the longest. */
  prefixes: Readonly<Record<Family, readonly [number, number]>>;
}

/** What part of the pods' range a node gets, as Kubernetes' own `--node-cidr-mask-size` has it. */
export const nodePrefix: Readonly<Record<Family, number>> = { 4: 24, 6: 64 };

/** At least one node, and no more parts than 16 bits tell apart, as in Kubernetes. */
export const ofPods: Use = { option: '--pod-cidr', what: 'pods', prefixes: { 4: [8, 24], 6: [48, 64] } };

/** Room for the tenth address, which is the DNS server's. */
export const ofServices: Use = {
  option: '--service-cidr',
  what: 'Services',
  prefixes: { 4: [8, 28], 6: [64, 124] },
};

/** `10.200.0.0/16,fd45::/56`: at most one of each of the cluster's families; none when it was not asked. */
export function parseRanges(text: string | undefined, use: Use, families: readonly Family[]): Cidr[] {
  const ranges = text?.split(',').map((part) => parseRange(part.trim(), use)) ?? [];
  for (const [i, range] of ranges.entries()) {
    const { family } = range;
    if (!families.includes(family))
      throw cannotUse(formatCidr(range), use, `the cluster has no IPv${family}; see --ip-family`);
    if (ranges.findIndex((other) => other.family === family) < i)
      throw cannotUse(formatCidr(range), use, `${use.option} takes one range of each family`);
  }
  return ranges;
}

function parseRange(text: string, use: Use): Cidr {
  const range = readable(text, use);
  if (parseAddress(text.slice(0, text.indexOf('/'))).value !== range.base)
    throw cannotUse(text, use, `the range that this address is in is written ${formatCidr(range)}`);
  const [widest, longest] = use.prefixes[range.family];
  if (range.prefix < widest || range.prefix > longest)
    throw cannotUse(text, use, `for IPv${range.family} its prefix has to be from /${widest} to /${longest}`);
  return range;
}

function readable(text: string, use: Use): Cidr {
  try {
    return parseCidr(text);
  } catch {
    throw cannotUse(text, use, `${use.option} takes ranges such as 10.200.0.0/16 and fd45::/64`);
  }
}

const cannotUse = (range: string, { what }: Pick<Use, 'what'>, why: string) =>
  new Error(`Cannot use ${range} for ${what}: ${why}`);

/** What means something else on every node. */
export const elsewhere: readonly (readonly [string, string])[] = [
  ['172.30.0.0/16', 'of the LANs of clusters'],
  ['fd30::/48', 'of the LANs of clusters'],
  ['0.0.0.0/8', 'of no network'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/3', 'multicast or reserved'],
  ['::/16', 'loopback or hold IPv4 addresses'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
];

/** Throws when pods and Services share addresses, or have some that mean something else. */
export function checkOverlaps(podCIDRs: readonly string[], serviceCIDRs: readonly string[]): void {
  const [pods, services] = [podCIDRs.map(parseCidr), serviceCIDRs.map(parseCidr)];
  for (const [use, ranges] of [[ofPods, pods] as const, [ofServices, services] as const])
    for (const range of ranges) {
      const other = elsewhere.find(([cidr]) => overlap(range, parseCidr(cidr)));
      if (other) throw cannotUse(formatCidr(range), use, `addresses of ${other[0]} are ${other[1]}`);
    }
  for (const range of services) {
    const other = pods.find((pod) => overlap(range, pod));
    if (other)
      throw cannotUse(
        formatCidr(range),
        ofServices,
        `it overlaps with ${formatCidr(other)}, which pods have`,
      );
  }
}

/** Throws when a node would go without addresses for its pods. */
export function checkRoom(podCIDRs: readonly string[], nodes: number): void {
  for (const cidr of podCIDRs) {
    const { family, prefix } = parseCidr(cidr);
    const most = 2 ** (nodePrefix[family] - prefix);
    if (nodes > most)
      throw cannotUse(
        cidr,
        ofPods,
        `each node gets a /${nodePrefix[family]} of it, so it is enough for ${most} of ${nodes} nodes`,
      );
  }
}
