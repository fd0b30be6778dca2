/** Scalars of the wire, checked and in their canonical form. */
import type { ScalarType } from '../message.ts';
import { canonicalQuantity } from '../quantity.ts';

/** How Go names the type of a JSON value. */
export function jsonType(json: unknown): string {
  if (Array.isArray(json)) return 'array';
  if (typeof json === 'boolean') return 'bool';
  return typeof json === 'object' ? 'object' : typeof json;
}

interface Complaints {
  /** The value is of another type than Go's `goType`; `shown` is what it is called instead of its JSON type. */
  wrongType(goType: string, shown?: string): void;
  fail(why: string): void;
}

/** What a null in a list or a map stands for. */
export function zeroOf(type: ScalarType): unknown {
  switch (type) {
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'quantity':
    case 'duration':
      return '0';
    default:
      return null;
  }
}

export function decodeScalar(json: unknown, type: ScalarType, complain: Complaints): unknown {
  switch (type) {
    case 'string':
    case 'duration':
      if (typeof json !== 'string') complain.wrongType('string');
      return json;
    case 'bool':
      if (typeof json !== 'boolean') complain.wrongType('bool');
      return json;
    case 'int32':
      return decodeInteger(json, 'int32', 2 ** 31, complain);
    case 'int64':
      return decodeInteger(json, 'int64', 2 ** 63, complain);
    case 'double':
      if (typeof json !== 'number') complain.wrongType('float64');
      return json;
    case 'bytes':
      return decodeBytes(json, complain);
    case 'time':
      return decodeTime(json, complain, (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z'));
    case 'microTime':
      return decodeTime(json, complain, microTime);
    case 'quantity':
      return decodeQuantity(json, complain);
    case 'intOrString':
      if (typeof json === 'string') return json;
      return decodeInteger(json, 'int32', 2 ** 31, complain);
    case 'fieldsV1':
    case 'rawExtension':
    case 'json':
    case 'schemaOrArray':
    case 'schemaOrBool':
    case 'schemaOrStrings':
      return json;
  }
}

function decodeInteger(json: unknown, goType: string, limit: number, complain: Complaints): unknown {
  if (typeof json !== 'number') complain.wrongType(goType);
  else if (!Number.isInteger(json) || json >= limit || json < -limit)
    complain.wrongType(goType, `number ${json}`);
  return json;
}

/** Base64 (RFC 4648, 4), in which line breaks do not count. */
function decodeBytes(json: unknown, complain: Complaints): unknown {
  if (typeof json !== 'string') {
    complain.wrongType('[]uint8');
    return json;
  }
  const text = json.replace(/[\r\n]/g, '');
  const good = /^[A-Za-z0-9+/]*/.exec(text)?.[0].length ?? 0;
  const padding = text.length - good;
  const padded = text.length % 4 === 0 && padding <= 2 && /^=*$/.test(text.slice(good));
  if (!padded) complain.fail(`illegal base64 data at input byte ${good - (padding === 0 ? good % 4 : 0)}`);
  return text;
}

function decodeTime(
  json: unknown,
  complain: Complaints,
  format: (ms: number, text: string) => string,
): unknown {
  if (typeof json !== 'string') {
    complain.wrongType('string');
    return json;
  }
  const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(json);
  const ms = rfc3339 ? Date.parse(json) : Number.NaN;
  if (Number.isNaN(ms)) {
    const layout = '2006-01-02T15:04:05Z07:00';
    complain.fail(
      `parsing time ${JSON.stringify(json)} as "${layout}": cannot parse ${JSON.stringify(json)} as "2006"`,
    );
    return json;
  }
  return format(ms, json);
}

/** Six digits behind the second; a Date only knows three. */
function microTime(ms: number, text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

function decodeQuantity(json: unknown, complain: Complaints): unknown {
  if (typeof json !== 'string' && typeof json !== 'number') {
    complain.wrongType('string');
    return json;
  }
  try {
    return canonicalQuantity(String(json));
  } catch (err) {
    complain.fail(err instanceof Error ? err.message : String(err));
    return json;
  }
}
