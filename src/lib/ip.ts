/** IP addresses and ranges as numbers, so that they can be counted, compared and put into packets. */

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A range whose host bits are zero. */
export interface Cidr {
  readonly family: Family;
  readonly base: bigint;
  readonly prefix: number;
}

const bits = (family: Family): number => (family === 4 ? 32 : 128);

/** The address that a text stands for; throws on anything that is not one. Leading zeros are refused (RFC 6943, 3.1.1). */
export function parseAddress(text: string): Address {
  const value = text.includes(':') ? parse6(text) : parse4(text);
  if (value === undefined) throw new Error(`Cannot parse IP address ${JSON.stringify(text)}`);
  return { family: text.includes(':') ? 6 : 4, value };
}

export function isAddress(text: string): boolean {
  return text.includes(':') ? parse6(text) !== undefined : dotted.test(text);
}

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** There is one way only to write an IPv4 address. */
const dotted = new RegExp(`^${byte}\\.${byte}\\.${byte}\\.${byte}$`);

/** 4 or 6 for a text that is an address. */
export const familyOf = (text: string): Family => (text.includes(':') ? 6 : 4);

function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parse6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const front = groups(head, tail === undefined);
  const back = tail === undefined ? [] : groups(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...front, ...Array<bigint>(missing).fill(0n), ...back];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; the last may be written as an IPv4 address. */
function groups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const found: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const dotted = isEnd && index === parts.length - 1 ? parse4(part) : undefined;
      if (dotted === undefined) return undefined;
      found.push(dotted >> 16n, dotted & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      found.push(BigInt(`0x${part}`));
    } else {
      return undefined;
    }
  }
  return found;
}

/** Canonical text (RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  return family === 4 ? format4(value) : format6(value);
}

/** Canonical text of an address written in any way: `FD44:0::1` → `fd44::1`. */
export const canonical = (text: string): string =>
  dotted.test(text) ? text : formatAddress(parseAddress(text));

const format4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');

function format6(value: bigint): string {
  // RFC 5952, 5: IPv4-mapped addresses in mixed notation.
  if (value >> 32n === 0xffffn) return `::ffff:${format4(value & 0xffffffffn)}`;
  const all = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  const { start, length } = longestZeros(all);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  // RFC 5952, 4.2.2: one group of zeros alone is not shortened.
  if (length < 2) return hex(all);
  return `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`;
}

function longestZeros(all: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < all.length; i++) {
    if (all[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/** What a server listens on, or a client sends from, when any of its machine's addresses will do. */
export const anyAddress = { 4: '0.0.0.0', 6: '::' } as const;

/** As the host of a URL has it: an IPv6 address in brackets (RFC 3986, 3.2.2). */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** 4 or 16 bytes in network order. */
export function addressBytes({ family, value }: Address): Buffer {
  return Buffer.from(value.toString(16).padStart(bits(family) / 4, '0'), 'hex');
}

export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 4 && bytes.length !== 16)
    throw new Error(`Cannot read an IP address from ${bytes.length} bytes`);
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return { family: bytes.length === 4 ? 4 : 6, value };
}

/** The range that a text stands for: `10.244.0.0/24`. Host bits that are set are cleared. */
export function parseCidr(text: string): Cidr {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (rest.length > 0 || !isAddress(address) || !(prefix <= bits(familyOf(address))))
    throw new Error(`Cannot parse IP range ${JSON.stringify(text)}`);
  const { family, value } = parseAddress(address);
  const hostBits = BigInt(bits(family) - prefix);
  return { family, base: (value >> hostBits) << hostBits, prefix };
}

export const formatCidr = ({ family, base, prefix }: Cidr): string =>
  `${formatAddress({ family, value: base })}/${prefix}`;

/** The range of one address: `10.244.0.5/32`, `fd44::5/128`. */
export const hostRange = (address: string): string => `${address}/${bits(familyOf(address))}`;

/** How many addresses a range has. */
export const sizeOf = ({ family, prefix }: Cidr): bigint => 1n << BigInt(bits(family) - prefix);

export function contains(range: Cidr, address: Address): boolean {
  const hostBits = BigInt(bits(range.family) - range.prefix);
  return range.family === address.family && address.value >> hostBits === range.base >> hostBits;
}

/** Whether two ranges have an address in common: then one contains the other. */
export function overlap(a: Cidr, b: Cidr): boolean {
  const [outer, inner] = a.prefix <= b.prefix ? [a, b] : [b, a];
  return contains(outer, { family: inner.family, value: inner.base });
}

/** Without those that are part of another, in order: what is left lies apart, as a set of the kernel wants it. */
export function outermost(ranges: readonly string[]): string[] {
  const all = [...new Set(ranges.map((range) => formatCidr(parseCidr(range))))].sort();
  const isWithin = (range: string, other: string) => {
    const [inner, outer] = [parseCidr(range), parseCidr(other)];
    return inner.prefix > outer.prefix && overlap(inner, outer);
  };
  return all.filter((range) => !all.some((other) => isWithin(range, other)));
}

/** The nth address of a range, from 0; throws when the range has fewer. */
export function nthAddress(range: Cidr, n: number | bigint): Address {
  if (BigInt(n) < 0n || BigInt(n) >= sizeOf(range))
    throw new Error(`Cannot take address ${n} of ${formatCidr(range)}: the range has ${sizeOf(range)}`);
  return { family: range.family, value: range.base + BigInt(n) };
}

/** The nth part of a range when it is cut into parts of this prefix length: `10.244.0.0/16`, 24, 1 → `10.244.1.0/24`. */
export function subnet(range: Cidr, prefix: number, n: number): Cidr {
  const parts =
    prefix >= range.prefix && prefix <= bits(range.family) ? 1n << BigInt(prefix - range.prefix) : 0n;
  if (n < 0 || BigInt(n) >= parts)
    throw new Error(`Cannot take subnet ${n} with /${prefix} of ${formatCidr(range)}: it has ${parts}`);
  return {
    family: range.family,
    base: range.base + (BigInt(n) << BigInt(bits(range.family) - prefix)),
    prefix,
  };
}
