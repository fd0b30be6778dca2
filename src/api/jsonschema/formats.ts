/**
 * The formats of texts that are checked; all others say nothing.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
import { isAddress, parseCidr } from '../../lib/ip.ts';

type Check = (text: string) => boolean;

const matching =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text);

const uuid = (version: string) =>
  matching(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i'));

const hostname = matching(
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z0-9-\p{L}]){2,63})$/u,
);

const duration = matching(
  /^[+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|nanoseconds?|milliseconds?|seconds?|minutes?|hours?|days?|weeks?)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/i,
);

const dateTime =
  /^\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;

const checks: Readonly<Record<string, Check>> = {
  bsonobjectid: matching(/^[0-9a-f]{24}$/i),
  uri: (text) => URL.canParse(text) || text.startsWith('/'),
  email: matching(/^[^\s@<>]+@[^\s@<>]+$/),
  hostname: (text) => text.length <= 255 && hostname(text),
  ipv4: (text) => isAddress(text) && !text.includes(':'),
  ipv6: (text) => isAddress(text) && text.includes(':'),
  cidr: (text) => passes(() => parseCidr(text)),
  mac: matching(/^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$/i),
  uuid: uuid('[0-9a-f]'),
  uuid3: uuid('3'),
  uuid4: uuid('4'),
  uuid5: uuid('5'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: (text) => isIsbn10(text),
  isbn13: (text) => isIsbn13(text),
  creditcard: (text) => isLuhn(text.replace(/[ -]/g, '')),
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matching(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: matching(/^rgb\(\s*(25[0-5]|2[0-4]\d|1?\d?\d)\s*(,\s*(25[0-5]|2[0-4]\d|1?\d?\d)\s*){2}\)$/),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  date: (text) => isDate(text),
  duration,
  datetime: (text) => dateTime.test(text) && isDate(text.slice(0, 10)),
};

/** By the name with and without dashes. Unknown formats are good. */
export const isOfFormat = (text: string, format: string): boolean =>
  checks[format.replaceAll('-', '')]?.(text) ?? true;

function passes(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

const digitsOf = (text: string) => text.split('').map((digit) => (digit === 'X' ? 10 : Number(digit)));

function isIsbn10(text: string): boolean {
  const plain = text.replace(/[ -]/g, '');
  if (!/^\d{9}[\dX]$/.test(plain)) return false;
  return digitsOf(plain).reduce((sum, digit, i) => sum + (10 - i) * digit, 0) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const plain = text.replace(/[ -]/g, '');
  if (!/^\d{13}$/.test(plain)) return false;
  return digitsOf(plain).reduce((sum, digit, i) => sum + (i % 2 === 0 ? 1 : 3) * digit, 0) % 10 === 0;
}

function isLuhn(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) return false;
  const sum = digitsOf(digits)
    .toReversed()
    .map((digit, i) => (i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2))
    .reduce((a, b) => a + b, 0);
  return sum % 10 === 0;
}
