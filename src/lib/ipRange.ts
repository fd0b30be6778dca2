/** Ranges with any ends, as people write them: `172.30.15.0/24` or `172.30.15.10-172.30.15.19`. */
import {
  type Address,
  type Family,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  sizeOf,
} from './ip.ts';

export interface AddressRange {
  readonly family: Family;
  /** Both included. */
  readonly first: bigint;
  readonly last: bigint;
}

/** Throws on what is neither, and on ends of two families or in the wrong order. */
export function parseRange(text: string): AddressRange {
  if (text.includes('/')) {
    const cidr = parseCidr(text);
    return { family: cidr.family, first: cidr.base, last: cidr.base + sizeOf(cidr) - 1n };
  }
  const [from = '', to = from, ...rest] = text.split('-').map((end) => end.trim());
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (rest.length > 0 || first.family !== last.family || first.value > last.value)
    throw new Error(`Cannot parse IP range ${JSON.stringify(text)}`);
  return { family: first.family, first: first.value, last: last.value };
}

export const isInRange = ({ family, first, last }: AddressRange, address: Address): boolean =>
  address.family === family && address.value >= first && address.value <= last;

export const overlap = (a: AddressRange, b: AddressRange): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

/** Whether all of the second is in the first. */
export const encloses = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

/** The fewest CIDRs that are together this range, in order. */
export function cidrsOfRange({ family, first, last }: AddressRange): string[] {
  const bits = family === 4 ? 32 : 128;
  const found: string[] = [];
  for (let base = first; base <= last; ) {
    let hostBits = 0;
    // As wide as the base is aligned for, and no wider than the range.
    while (hostBits < bits && (base >> BigInt(hostBits)) % 2n === 0n) {
      if (base + (1n << BigInt(hostBits + 1)) - 1n > last) break;
      hostBits++;
    }
    found.push(formatCidr({ family, base, prefix: bits - hostBits }));
    base += 1n << BigInt(hostBits);
  }
  return found;
}

/** `172.30.15.10-172.30.15.19` */
export const formatRange = ({ family, first, last }: AddressRange): string =>
  `${formatAddress({ family, value: first })}-${formatAddress({ family, value: last })}`;
