/** Small checks of which the validation of kinds is made. Each returns what is wrong; nothing when all is well. */
import { isDeepStrictEqual } from 'node:util';
import { contains, isAddress, parseAddress, parseCidr } from '../../lib/ip.ts';
import {
  type FieldError,
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../errors.ts';

/** One error for each reason why the value is not good: what the functions of names.ts return. */
export const because = (field: string, value: unknown, reasons: readonly string[]): FieldError[] =>
  reasons.map((why) => fieldInvalid(field, value, why));

/** The item's own errors, each under `field[i]`. */
export function each<T>(
  field: string,
  items: readonly T[] | undefined,
  check: (item: T, field: string, i: number) => FieldError[],
): FieldError[] {
  const wrong: FieldError[] = [];
  // Most lists of an object are not there.
  if (!items) return wrong;
  for (const [i, item] of items.entries())
    for (const error of check(item, `${field}[${i}]`, i)) wrong.push(error);
  return wrong;
}

/** A text that must be there and pass. */
export const named = (
  field: string,
  value: string | undefined,
  check: (text: string) => string[] = () => [],
): FieldError[] => (value ? because(field, value, check(value)) : [fieldRequired(field)]);

/** A text that may be left out. */
export const optional = (
  field: string,
  value: string | undefined,
  check: (text: string) => string[],
): FieldError[] => (value ? because(field, value, check(value)) : []);

export const oneOf = (
  field: string,
  value: string | undefined,
  supported: readonly string[],
): FieldError[] =>
  value !== undefined && supported.includes(value)
    ? []
    : [fieldNotSupported(field, value ?? '', supported.toSorted())];

export const atLeast = (field: string, value: number | undefined, min: number): FieldError[] =>
  value === undefined || value >= min
    ? []
    : [fieldInvalid(field, value, `must be greater than ${min === 1 ? '0' : `or equal to ${min}`}`)];

export const nonNegative = (field: string, value: number | undefined): FieldError[] =>
  atLeast(field, value, 0);

export const between = (field: string, value: number | undefined, min: number, max: number): FieldError[] =>
  value === undefined || (value >= min && value <= max)
    ? []
    : [fieldInvalid(field, value, `must be between ${min} and ${max}, inclusive`)];

export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

export const immutable = (field: string, value: unknown, old: unknown): FieldError[] =>
  isSame(value, old) ? [] : [fieldInvalid(field, value, 'field is immutable')];

/** Complains of every item whose key came before, under the field that `at` names. */
export function unique<T>(
  items: readonly T[] | undefined,
  key: (item: T) => string | undefined,
  at: (i: number) => string,
): FieldError[] {
  const wrong: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, item] of (items ?? []).entries()) {
    const k = key(item);
    if (k === undefined || k === '') continue;
    if (seen.has(k)) wrong.push(fieldDuplicate(at(i), k));
    else seen.add(k);
  }
  return wrong;
}

const mapped = '::ffff:0:0/96';

/** Programs read leading zeros as octal or not at all, and an IPv4-mapped address as of either family (KEP-4858). */
export function isIP(text: string): string[] {
  if (!isAddress(text))
    return isAddress(withoutZeros(text))
      ? ['must not have leading 0s']
      : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  return contains(parseCidr(mapped), parseAddress(text)) ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

/** A range whose address has bits beyond the prefix may mean the whole range or that one address (KEP-4858). */
export function isCidr(text: string): string[] {
  const [address = '', prefix = ''] = text.split('/');
  if (!isRange(text))
    return isRange(withoutZeros(text))
      ? ['must not have leading 0s in IP or prefix length']
      : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  if (/^0\d/.test(prefix)) return ['must not have leading 0s in IP or prefix length'];
  const { value } = parseAddress(address);
  if (contains(parseCidr(mapped), parseAddress(address)))
    return ['must not have an IPv4-mapped IPv6 address'];
  return parseCidr(text).base === value ? [] : ['must not have bits set beyond the prefix length'];
}

const withoutZeros = (text: string): string => text.replace(/(^|[./])0+(?=\d)/g, '$1');

function isRange(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
}
