/** Addresses to which packets of Services may be sent, or at which they may come in. */
import { canonical, contains, familyOf, isAddress, parseAddress, parseCidr } from '../../lib/ip.ts';
import { type FieldError, fieldInvalid } from '../errors.ts';

/** Ranges that mean something else on every node: one would lose its own traffic, or talk to itself. */
const special = [
  ['127.0.0.0/8', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['::1/128', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ['169.254.0.0/16', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['fe80::/10', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  ['224.0.0.0/24', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ['ff02::/16', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
] as const;

/** What is wrong with this address for external IPs and endpoints; a text that is none has to be found before. */
export function nonSpecial(field: string, ip: string): FieldError[] {
  if (!isAddress(ip)) return [];
  const address = parseAddress(ip);
  if (address.value === 0n) return [fieldInvalid(field, ip, `may not be unspecified (${ip})`)];
  return special
    .filter(([range]) => contains(parseCidr(range), address))
    .map(([, why]) => fieldInvalid(field, ip, why));
}

/** What a client hears of an IPv6 address that is not written as RFC 5952 has it. */
export function addressWarnings(field: string, ip: string): string[] {
  if (!isAddress(ip) || familyOf(ip) === 4 || canonical(ip) === ip) return [];
  return [
    `${field}: IPv6 address ${JSON.stringify(ip)} should be in RFC 5952 canonical format (${JSON.stringify(canonical(ip))})`,
  ];
}
