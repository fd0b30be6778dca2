/** `edns0`: options that upstreams are to see (RFC 6891 section 6.1.2). */
import { addressBytes, parseAddress } from '../../../lib/ip.ts';
import type { Query } from '../../contract.ts';
import { CorefileError, type Line } from '../../corefile/parse.ts';
import { takeNumber } from '../../corefile/values.ts';
import { expectEnd, type MakeRule } from './rule.ts';

const codes = { nsid: 3, subnet: 8 } as const;
const actions = ['set', 'append', 'replace', 'unset'] as const;

/** `edns0 local|nsid|subnet set|append|replace|unset … [revert]`; options of answers never come through anyway. */
export const ednsRule: MakeRule = ([kind = '', action = '', ...all], _extra, line) => {
  const words = all.at(-1) === 'revert' ? all.slice(0, -1) : all;
  const known = actions.find((each) => each === action);
  const value = valueOf(kind, words, line, known === 'unset');
  if (!known || !value)
    throw new CorefileError(line, 'rewrite: write `edns0 local|nsid|subnet set|append|replace|unset ...`');
  expectEnd(words, value.words, line);
  return (query) => {
    const before = query.upstreamOptions ?? query.message.edns?.options ?? [];
    const has = before.some(({ code }) => code === value.code);
    const others = before.filter(({ code }) => code !== value.code);
    if (known === 'unset') return has ? { query: { ...query, upstreamOptions: others } } : undefined;
    if ((known === 'append' && has) || (known === 'replace' && !has)) return undefined;
    const option = { code: value.code, data: value.dataFor(query) };
    return { query: { ...query, upstreamOptions: [...others, option] } };
  };
};

interface Value {
  code: number;
  /** How many words say it. */
  words: number;
  dataFor: (query: Query) => Uint8Array;
}

function valueOf(kind: string, words: readonly string[], line: Line, isUnset: boolean): Value | undefined {
  const [first, second] = words;
  const nothing = () => Buffer.alloc(0);
  if (kind === 'nsid') return { code: codes.nsid, words: 0, dataFor: nothing };
  if (kind === 'subnet') {
    if (isUnset) return { code: codes.subnet, words: 0, dataFor: nothing };
    const ipv4 = takeNumber('rewrite: the bits of IPv4', first, line, { most: 32 });
    const ipv6 = takeNumber('rewrite: the bits of IPv6', second, line, { most: 128 });
    return {
      code: codes.subnet,
      words: 2,
      dataFor: (query) => subnetOf(query.client.address, ipv4, ipv6),
    };
  }
  if (kind !== 'local') return undefined;
  const code = Number(first);
  if (!(code >= 0 && code <= 65_535)) throw new CorefileError(line, `rewrite: "${first ?? ''}" is no option`);
  return isUnset ? { code, words: 1, dataFor: nothing } : { code, words: 2, dataFor: dataOf(second, line) };
}

/** Bytes `0x…`, a `{variable}`, or text. */
function dataOf(text: string | undefined, line: Line): (query: Query) => Uint8Array {
  if (text === undefined) throw new CorefileError(line, 'rewrite: the option needs a value');
  const variable = /^\{(\w+)\}$/.exec(text)?.[1];
  if (variable !== undefined) {
    const found = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    if (!found) throw new CorefileError(line, `rewrite: ${text} is not supported`);
    return found;
  }
  const isHex = text.startsWith('0x');
  if (isHex && !/^0x(?:[\da-f]{2})*$/i.test(text))
    throw new CorefileError(line, `rewrite: "${text}" is not written in hexadecimal bytes`);
  const bytes = isHex ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text);
  return () => bytes;
}

const uint16 = (n: number): Buffer => Buffer.of(n >> 8, n & 255);

const variables: Readonly<Record<string, (query: Query) => Uint8Array>> = {
  qname: ({ name }) => Buffer.from(name),
  qtype: ({ question }) => uint16(question.type),
  client_ip: ({ client }) => addressBytes(parseAddress(client.address)),
  client_port: ({ client }) => uint16(client.port),
  protocol: ({ client }) => Buffer.from(client.protocol),
};

/** RFC 7871 section 6. */
function subnetOf(text: string, ipv4: number, ipv6: number): Buffer {
  const address = parseAddress(text);
  const bits = address.family === 4 ? ipv4 : ipv6;
  const bytes = addressBytes(address).subarray(0, Math.ceil(bits / 8));
  if (bits % 8 !== 0) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & (0xff << (8 - (bits % 8)));
  return Buffer.concat([Buffer.of(0, address.family === 4 ? 1 : 2, bits, 0), bytes]);
}
