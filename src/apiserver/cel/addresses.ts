/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library and …/#kubernetes-cidr-library */
import type { Environment } from '@marcbachmann/cel-js';
import {
  type Address,
  type Cidr,
  canonical,
  contains,
  formatAddress,
  formatCidr,
  isAddress,
  parseAddress,
  parseCidr,
} from '../../lib/ip.ts';
import { registerUnder } from './named.ts';

class Ip {
  readonly address: Address;
  constructor(text: string) {
    if (!isAddress(text))
      throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    this.address = parseAddress(text);
  }
}

class Range {
  readonly cidr: Cidr;
  readonly base: string;
  constructor(text: string) {
    this.cidr = parseCidr(text);
    this.base = text.split('/')[0] ?? '';
  }
}

const isCidr = (text: string) => {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
};

const loopback = { 4: parseCidr('127.0.0.0/8'), 6: parseCidr('::1/128') };
const linkLocal = { 4: parseCidr('169.254.0.0/16'), 6: parseCidr('fe80::/10') };
const multicast = { 4: parseCidr('224.0.0.0/4'), 6: parseCidr('ff00::/8') };
const linkLocalMulticast = { 4: parseCidr('224.0.0.0/24'), 6: parseCidr('ff02::/16') };

export function registerAddresses(env: Environment): void {
  env.registerType('IP', { ctor: Ip, fields: {} });
  env.registerType('CIDR', { ctor: Range, fields: {} });
  env.registerFunction('ip(string): IP', (text: string) => new Ip(text));
  env.registerFunction('isIP(string): bool', isAddress);
  env.registerFunction('string(IP): string', ({ address }: Ip) => formatAddress(address));
  env.registerFunction('IP.family(): int', ({ address }: Ip) => BigInt(address.family));
  registerUnder(env, 'ip', { 'isCanonical(string): bool': (text: string) => canonical(text) === text });
  const within =
    (ranges: Record<4 | 6, Cidr>) =>
    ({ address }: Ip) =>
      contains(ranges[address.family], address);
  env.registerFunction('IP.isUnspecified(): bool', ({ address }: Ip) => address.value === 0n);
  env.registerFunction('IP.isLoopback(): bool', within(loopback));
  env.registerFunction('IP.isLinkLocalUnicast(): bool', within(linkLocal));
  env.registerFunction('IP.isLinkLocalMulticast(): bool', within(linkLocalMulticast));
  env.registerFunction(
    'IP.isGlobalUnicast(): bool',
    (ip: Ip) =>
      ip.address.value !== 0n && ![loopback, linkLocal, multicast].some((range) => within(range)(ip)),
  );
  env.registerFunction('cidr(string): CIDR', (text: string) => new Range(text));
  env.registerFunction('isCIDR(string): bool', isCidr);
  env.registerFunction('string(CIDR): string', ({ cidr }: Range) => formatCidr(cidr));
  env.registerFunction('CIDR.ip(): IP', ({ base }: Range) => new Ip(base));
  env.registerFunction('CIDR.prefixLength(): int', ({ cidr }: Range) => BigInt(cidr.prefix));
  env.registerFunction('CIDR.masked(): CIDR', ({ cidr }: Range) => new Range(formatCidr(cidr)));
  env.registerFunction('CIDR.containsIP(IP): bool', ({ cidr }: Range, { address }: Ip) =>
    holds(cidr, address),
  );
  env.registerFunction('CIDR.containsIP(string): bool', ({ cidr }: Range, text: string) =>
    holds(cidr, parseAddress(text)),
  );
  env.registerFunction('CIDR.containsCIDR(CIDR): bool', ({ cidr }: Range, inner: Range) =>
    includes(cidr, inner),
  );
  env.registerFunction('CIDR.containsCIDR(string): bool', ({ cidr }: Range, text: string) =>
    includes(cidr, new Range(text)),
  );
}

const holds = (cidr: Cidr, address: Address) => cidr.family === address.family && contains(cidr, address);

const includes = (outer: Cidr, { cidr, base }: Range) =>
  cidr.prefix >= outer.prefix && holds(outer, parseAddress(base));
