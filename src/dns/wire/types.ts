/** Numbers of the protocol, with their names. https://www.iana.org/assignments/dns-parameters */

export const recordType = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  SVCB: 64,
  HTTPS: 65,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

export const recordClass = { IN: 1, CH: 3, HS: 4, ANY: 255 } as const;

export const opcode = { QUERY: 0 } as const;

/** RFC 1035 section 4.1.1, RFC 6891. */
export const rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
} as const;

const names = (table: Readonly<Record<string, number>>) =>
  new Map(Object.entries(table).map(([name, n]) => [n, name]));
const typeNames = names(recordType);
const rcodeNames = names(rcode);
const classNames = names(recordClass);

/** `AAAA`; `TYPE65` for what has no name here (RFC 3597). */
export const typeName = (type: number): string => typeNames.get(type) ?? `TYPE${type}`;
/** The same for metrics: whatever has no name is one, so that nobody fills the memory with labels. */
export const typeLabel = (type: number): string => typeNames.get(type) ?? 'other';
export const rcodeName = (code: number): string => rcodeNames.get(code) ?? `RCODE${code}`;
export const className = (cls: number): string => classNames.get(cls) ?? `CLASS${cls}`;

/** The number of a type as a Corefile or a zone file names it; undefined when it is not known. */
export const typeOf = (name: string): number | undefined => numberOf(recordType, 'TYPE', name);
export const classOf = (name: string): number | undefined => numberOf(recordClass, 'CLASS', name);
export const rcodeOf = (name: string): number | undefined => numberOf(rcode, 'RCODE', name);

function numberOf(table: Readonly<Record<string, number>>, prefix: string, name: string): number | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(table, upper)) return table[upper];
  const number = upper.startsWith(prefix) ? upper.slice(prefix.length) : '';
  return /^\d{1,5}$/.test(number) && Number(number) <= 65_535 ? Number(number) : undefined;
}
