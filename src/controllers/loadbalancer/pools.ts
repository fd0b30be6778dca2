/** The ranges that addresses are given from. */
import { formatAddress, parseAddress } from '../../lib/ip.ts';
import { type AddressRange, formatRange, isInRange, parseRange } from '../../lib/ipRange.ts';
import type { Family } from '../endpoint.ts';

export interface Pool {
  /** As it was configured: `172.30.15.0/24`. */
  name: string;
  family: Family;
  /** What is given out of it. */
  range: AddressRange;
}

/**
 * A CIDR's first and last address are nobody's: in IPv4 they once meant all hosts (RFC 1122, 3.2.1.3), in IPv6 the
 * first one means any router (RFC 4291, 2.6.1). Of a range that is written by its ends everything is given.
 */
export function poolOf(name: string): Pool {
  const whole = parseRange(name);
  const hasEdges = name.includes('/') && whole.last - whole.first > 1n;
  const range = hasEdges ? { ...whole, first: whole.first + 1n, last: whole.last - 1n } : whole;
  return { name, family: whole.family === 4 ? 'IPv4' : 'IPv6', range };
}

export const isInPool = ({ range }: Pool, address: string): boolean =>
  isInRange(range, parseAddress(address));

export const givenOutOf = ({ range }: Pool): string => formatRange(range);

/** Finds the lowest free address of a pool again and again without looking at all below it each time. */
export interface Cursor {
  readonly pool: Pool;
  lowest(isTaken: (address: string) => boolean): string | undefined;
  /** The address has become free. */
  freed(address: string): void;
}

export function cursorOf(pool: Pool): Cursor {
  const { family, first, last } = pool.range;
  // Everything below it is taken.
  let next = first;
  return {
    pool,
    lowest(isTaken) {
      for (; next <= last; next++) {
        const address = formatAddress({ family, value: next });
        if (!isTaken(address)) return address;
      }
      return undefined;
    },
    freed(address) {
      const parsed = parseAddress(address);
      if (isInRange(pool.range, parsed) && parsed.value < next) next = parsed.value;
    },
  };
}
