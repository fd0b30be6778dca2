/** Records as a zone file writes them (RFC 1035 section 5.1): `a.example. 60 IN A 192.0.2.1`. */
import { isAddress } from '../../lib/ip.ts';
import {
  addressRecord,
  bytesRecord,
  cnameRecord,
  mxRecord,
  nsRecord,
  ptrRecord,
  type ResourceRecord,
  soaRecord,
  srvRecord,
  txtRecord,
} from './message.ts';
import { isName } from './name.ts';
import { recordType, typeName, typeOf } from './types.ts';

const defaultTtl = 3_600;

/** Throws when it is no record. Names without a final dot are given one. */
export function parseRecord(text: string): ResourceRecord {
  const words = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const fail = (why: string) => new Error(`Cannot read the record "${text}": ${why}`);
  const name = absolute(words.shift() ?? '');
  if (!name) throw fail('it has no name');
  const ttl = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : defaultTtl;
  if (/^IN$/i.test(words[0] ?? '')) words.shift();
  const type = typeOf(words.shift() ?? '');
  if (type === undefined) throw fail('its type is not known');
  const found = recordOf(name, type, ttl, words);
  if (!found) throw fail(`this is no data of ${typeName(type)}`);
  return found;
}

function recordOf(
  name: string,
  type: number,
  ttl: number,
  words: readonly string[],
): ResourceRecord | undefined {
  const [first = '', second = '', third = '', fourth = ''] = words;
  const target = absolute(words.at(-1) ?? '');
  const has = (count: number) => words.length === count && target !== undefined;
  const targetOnly = has(1) ? (target ?? '') : undefined;
  switch (type) {
    case recordType.A:
    case recordType.AAAA:
      return words.length === 1 && isAddress(first) && first.includes(':') === (type === recordType.AAAA)
        ? addressRecord(name, ttl, first)
        : undefined;
    case recordType.CNAME:
      return targetOnly === undefined ? undefined : cnameRecord(name, ttl, targetOnly);
    case recordType.NS:
      return targetOnly === undefined ? undefined : nsRecord(name, ttl, targetOnly);
    case recordType.PTR:
      return targetOnly === undefined ? undefined : ptrRecord(name, ttl, targetOnly);
    case recordType.MX:
      return has(2) && isNumber(first) ? mxRecord(name, ttl, Number(first), target ?? '') : undefined;
    case recordType.SRV: {
      if (!has(4) || ![first, second, third].every(isNumber)) return undefined;
      const record = srvRecord(name, ttl, {
        weight: Number(second),
        port: Number(third),
        target: target ?? '',
      });
      return { ...record, data: { ...record.data, priority: Number(first) } as ResourceRecord['data'] };
    }
    case recordType.SOA:
      return soaOf(name, ttl, words);
    case recordType.TXT:
      return words.length > 0 && words.every((text) => text.length < 256)
        ? txtRecord(name, ttl, ...words)
        : undefined;
    default:
      // RFC 3597 section 5.
      return first === '\\#' && /^\d+$/.test(second) && Number(second) * 2 === (third + fourth).length
        ? bytesRecord(name, type, ttl, Buffer.from(third + fourth, 'hex'))
        : undefined;
  }
}

function soaOf(name: string, ttl: number, words: readonly string[]): ResourceRecord | undefined {
  const [mname, rname] = words.slice(0, 2).map(absolute);
  const numbers = words.slice(2);
  if (words.length !== 7 || !mname || !rname || !numbers.every((n) => /^\d{1,10}$/.test(n))) return undefined;
  const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers.map(Number);
  return soaRecord(name, ttl, { mname, rname, serial, refresh, retry, expire, minimum });
}

const isNumber = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

/** With its final dot; undefined when it is no name. */
function absolute(name: string): string | undefined {
  if (name === '.') return name;
  const whole = name.endsWith('.') ? name : `${name}.`;
  return isName(whole) ? whole : undefined;
}
