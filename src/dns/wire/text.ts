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
import { classOf, recordClass, recordType, typeName, typeOf } from './types.ts';

const defaultTtl = 3_600;

/** Throws when it is no record. Names without a final dot are given one. */
export function parseRecord(text: string): ResourceRecord {
  // Parentheses only let a record go on in the next line.
  const words = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s()]+/g)].map(([word, quoted]) => quoted ?? word);
  const fail = (why: string) => new Error(`Cannot read the record "${text}": ${why}`);
  const name = absolute(words.shift() ?? '');
  if (!name) throw fail('it has no name');
  const { ttl, cls } = takeTtlAndClass(words);
  const type = typeOf(words.shift() ?? '');
  if (type === undefined) throw fail('its type is not known');
  const found = recordOf(name, type, ttl, words);
  if (!found) throw fail(`this is no data of ${typeName(type)}`);
  return { ...found, class: cls };
}

/** Either may be left out, and either may come first. */
function takeTtlAndClass(words: string[]): { ttl: number; cls: number } {
  let ttl: number | undefined;
  let cls: number | undefined;
  for (;;) {
    const [word = ''] = words;
    const seconds = ttl === undefined ? secondsOf(word) : undefined;
    const known = cls === undefined && /^(IN|CH|HS)$/i.test(word) ? classOf(word) : undefined;
    if (seconds === undefined && known === undefined)
      return { ttl: ttl ?? defaultTtl, cls: cls ?? recordClass.IN };
    ttl ??= seconds;
    cls ??= known;
    words.shift();
  }
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `3600`, or as name servers write it `1h30m`; undefined when it is no time. */
function secondsOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+[smhdw])+$/i.test(text)) return undefined;
  return [...text.toLowerCase().matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
    0,
  );
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
  const numbers = words.slice(2).flatMap((word) => secondsOf(word) ?? []);
  if (words.length !== 7 || !mname || !rname || numbers.length !== 5 || numbers.some((n) => n > 0xffff_ffff))
    return undefined;
  const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers;
  return soaRecord(name, ttl, { mname, rname, serial, refresh, retry, expire, minimum });
}

const isNumber = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

/** With its final dot; undefined when it is no name. */
function absolute(name: string): string | undefined {
  if (name === '.') return name;
  const whole = name.endsWith('.') ? name : `${name}.`;
  return isName(whole) ? whole : undefined;
}
