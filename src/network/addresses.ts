/** Which address the next pod gets. */
import { type Cidr, formatAddress, parseAddress, parseCidr, sizeOf } from '../lib/ip.ts';

/** The first addresses of a pod range are left alone: the network's own and, by custom, the gateway's. */
const firstOffset = 2n;

/**
 * The first free address after the one that was given out last, round the range: so the address of a deleted
 * pod comes up again only after all others, and nobody meets a stranger where a peer was a moment ago.
 */
export function nextAddress(podCIDR: string, taken: ReadonlySet<string>, last: string | undefined): string {
  const range = parseCidr(podCIDR);
  // The last address of an IPv4 range is its broadcast address.
  const usable = sizeOf(range) - firstOffset - (range.family === 4 ? 1n : 0n);
  const start = last === undefined ? 0n : offsetIn(range, last) + 1n - firstOffset;
  for (let step = 0n; step < usable && step <= BigInt(taken.size); step++) {
    const offset = firstOffset + modulo(start + step, usable);
    const address = formatAddress({ family: range.family, value: range.base + offset });
    if (!taken.has(address)) return address;
  }
  throw new Error(`Cannot give a pod an address: all ${usable} of ${podCIDR} are taken`);
}

const offsetIn = (range: Cidr, address: string): bigint => parseAddress(address).value - range.base;

const modulo = (a: bigint, n: bigint): bigint => ((a % n) + n) % n;
