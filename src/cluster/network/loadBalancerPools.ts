/** Where LoadBalancer addresses come from: ranges of the LAN, or whatever `up` was asked for. Pure. */
import { type Family, formatCidr, parseCidr } from '../../lib/ip.ts';
import { type AddressRange, cidrsOfRange, encloses, overlap, parseRange } from '../../lib/ipRange.ts';
import { elsewhere } from './ranges.ts';

/** `172.30.15.0/24`: at the end of the LAN, where no node comes. */
const usualPool: Readonly<Record<Family, (lan: bigint) => string>> = {
  4: (lan) => formatCidr({ family: 4, base: lan + 0xf00n, prefix: 24 }),
  6: (lan) => formatCidr({ family: 6, base: lan + 0xf_0000n, prefix: 112 }),
};

/** A family that was not asked for has its usual pool. */
export function poolsOf(lanCIDRs: readonly string[], asked: readonly string[]): string[] {
  const families = new Set(asked.map((pool) => parseRange(pool).family));
  const usual = lanCIDRs.map(parseCidr).filter(({ family }) => !families.has(family));
  return [...asked, ...usual.map(({ family, base }) => usualPool[family](base))];
}

/** Pools as CIDRs where they leave the LAN: everybody on it needs a route to them. */
export function beyondLan(pools: readonly string[], lanCIDRs: readonly string[]): string[] {
  const lans = lanCIDRs.map(parseRange);
  return pools
    .map(parseRange)
    .filter((pool) => !lans.some((lan) => encloses(lan, pool)))
    .flatMap(cidrsOfRange);
}

interface Neighbours {
  lanCIDRs: readonly string[];
  podCIDRs: readonly string[];
  serviceCIDRs: readonly string[];
  hostOnLan: readonly string[];
}

const cannotUse = (pool: string, why: string) =>
  new Error(`Cannot use ${pool} for LoadBalancer addresses: ${why}`);

/** Throws when a pool has addresses that mean something else. */
export function checkPools(pools: readonly string[], neighbours: Neighbours): void {
  const taken = takenRanges(neighbours);
  const lans = neighbours.lanCIDRs.map(parseRange);
  for (const [i, pool] of pools.entries()) {
    const range = readable(pool);
    if (!lans.some(({ family }) => family === range.family))
      throw cannotUse(pool, `the cluster has no IPv${range.family}; see --ip-family`);
    const twin = pools.slice(0, i).find((other) => overlap(range, parseRange(other)));
    if (twin) throw cannotUse(pool, `it overlaps with the pool ${twin}`);
    const isOnLan = lans.some((lan) => encloses(lan, range));
    const other = taken.find(({ range: one, isLan }) => !(isLan && isOnLan) && overlap(range, one));
    if (other) throw cannotUse(pool, `addresses of ${other.name} are ${other.what}`);
  }
}

interface Taken {
  name: string;
  what: string;
  range: AddressRange;
  /** Of LANs as a whole: the cluster's own has room. */
  isLan?: boolean;
}

function takenRanges({ lanCIDRs, podCIDRs, serviceCIDRs, hostOnLan }: Neighbours): Taken[] {
  const named = (what: string, names: readonly string[]): Taken[] =>
    names.map((name) => ({ name, what, range: parseRange(name) }));
  const lans = lanCIDRs.map(parseRange);
  return [
    ...elsewhere.map(([name, what]) => ({
      ...{ name, what, range: parseRange(name) },
      isLan: lans.some((lan) => encloses(parseRange(name), lan)),
    })),
    ...named('of pods', podCIDRs),
    ...named('of Services', serviceCIDRs),
    // The LAN's own end is the first address, and a cluster has at most 250 nodes.
    ...lanCIDRs.flatMap((lan) => named('of nodes', [firstOf(lan)])),
    ...named('of the host', hostOnLan),
  ];
}

const firstOf = (lan: string): string => {
  const { family, base } = parseCidr(lan);
  return formatCidr({ family, base, prefix: family === 4 ? 24 : 120 });
};

function readable(pool: string): AddressRange {
  try {
    return parseRange(pool);
  } catch {
    throw cannotUse(
      pool,
      'it is neither a range such as 192.168.77.0/24 nor a first and a last address such as 172.30.15.10-172.30.15.19',
    );
  }
}
