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
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const recordClass = { IN: 1, CH: 3, ANY: 255 } as const;

export const opcode = { QUERY: 0 } as const;

/** RFC 1035 section 4.1.1, RFC 6891. */
export const rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

const names = (table: Readonly<Record<string, number>>) =>
  new Map(Object.entries(table).map(([name, n]) => [n, name]));
const typeNames = names(recordType);
const rcodeNames = names(rcode);

/** `AAAA`; `TYPE65` for what has no name here (RFC 3597). */
export const typeName = (type: number): string => typeNames.get(type) ?? `TYPE${type}`;
export const rcodeName = (code: number): string => rcodeNames.get(code) ?? `RCODE${code}`;
