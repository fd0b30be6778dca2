/** The two things that Services are given: addresses of a service range and ports on the nodes. */
import {
  type Cidr,
  contains,
  familyOf,
  formatAddress,
  formatCidr,
  nthAddress,
  parseAddress,
  parseCidr,
  sizeOf,
} from '../../../lib/ip.ts';
import { createPool, reservedBand } from './pool.ts';

export interface Range<Value> {
  /** Takes this one; says in Kubernetes' words why not. */
  take(value: Value): string | undefined;
  /** `undefined` when the range is full. */
  takeAny(): Value | undefined;
  release(value: Value): void;
}

export type IPFamily = 'IPv4' | 'IPv6';

export interface AddressRange extends Range<string> {
  readonly family: IPFamily;
  readonly cidr: Cidr;
}

export function addressRange(cidrText: string, random: () => number): AddressRange {
  const cidr = parseCidr(cidrText);
  const size = usable(cidr);
  const pool = createPool({ size, random, reserved: reservedBand(size, { part: 16, most: 256 }) });
  // Number 0 is the first address after the range's own.
  const indexOf = (ip: string) => Number(parseAddress(ip).value - cidr.base) - 1;
  const isUsable = (ip: string) => contains(cidr, parseAddress(ip)) && indexOf(ip) >= 0 && indexOf(ip) < size;
  return {
    family: ipFamilyOf(formatAddress(nthAddress(cidr, 0))),
    cidr,
    take(ip) {
      if (!isUsable(ip))
        return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${formatCidr(cidr)}`;
      return pool.take(indexOf(ip)) ? undefined : 'provided IP is already allocated';
    },
    takeAny() {
      const index = pool.takeAny();
      return index === undefined ? undefined : formatAddress(nthAddress(cidr, index + 1));
    },
    release(ip) {
      if (isUsable(ip)) pool.release(indexOf(ip));
    },
  };
}

/**
 * The range's own address is never given out, nor IPv4's broadcast address. Of an IPv6 range that is
 * longer than numbers are exact, the beginning is enough for everybody.
 */
const usable = (cidr: Cidr) =>
  Math.min(Number(sizeOf(cidr)) - (cidr.family === 4 ? 2 : 1), Number.MAX_SAFE_INTEGER);

export const ipFamilyOf = (ip: string): IPFamily => (familyOf(ip) === 4 ? 'IPv4' : 'IPv6');

export const portTaken = 'provided port is already allocated';

export function portRange(
  { first, last }: { first: number; last: number },
  random: () => number,
): Range<number> {
  const size = last - first + 1;
  const pool = createPool({ size, random, reserved: reservedBand(size, { part: 32, most: 128 }) });
  return {
    take(port) {
      if (port < first || port > last)
        return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      return pool.take(port - first) ? undefined : portTaken;
    },
    takeAny() {
      const index = pool.takeAny();
      return index === undefined ? undefined : first + index;
    },
    release: (port) => pool.release(port - first),
  };
}
