/** Lines of a resolv.conf. https://man7.org/linux/man-pages/man5/resolv.conf.5.html */
import { isAddress } from '../lib/ip.ts';
import { canonical } from './wire/name.ts';

const linesOf = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s+/));

/** Addresses of the `nameserver` lines. */
export const nameserversOf = (text: string): string[] =>
  linesOf(text).flatMap(([keyword, address]) =>
    keyword === 'nameserver' && address && isAddress(address) ? [address] : [],
  );

/** Domains of the last `search` or `domain` line, canonical. */
export function searchDomainsOf(text: string): string[] {
  const [, ...domains] =
    linesOf(text).findLast(([keyword]) => keyword === 'search' || keyword === 'domain') ?? [];
  return domains.map(canonical);
}
