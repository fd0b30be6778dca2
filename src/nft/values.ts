/** Values as nft writes them, in one spelling, so that they can be compared: `0x10` is `16`, `FD44::0:1` is `fd44::1`. */
import { canonical, contains, isAddress, parseAddress, parseCidr } from '../lib/ip.ts';

/** Well-known names that nft takes for numbers. */
const names: Record<string, string> = {
  dstnat: '-100',
  srcnat: '100',
  filter: '0',
  mangle: '-150',
  raw: '-300',
};

function normalValue(text: string): string {
  const bare = text.replace(/^"(.*)"$/, '$1').trim();
  if (/^0x[0-9a-f]+$/i.test(bare)) return String(Number.parseInt(bare, 16));
  return isAddress(bare) ? canonical(bare) : bare;
}

/** `10.96.0.10 . tcp . 0x50` → `10.96.0.10 . tcp . 80` */
export const normalKey = (text: string): string =>
  text
    .split(/\s+\.\s+/)
    .map(normalValue)
    .join(' . ');

export function priorityOf(text: string): number {
  const [, name = '', sign, offset] = /^(-?\w+)(?:\s*([+-])\s*(\d+))?$/.exec(text.trim()) ?? [];
  const base = Number(names[name] ?? name);
  if (name === '' || Number.isNaN(base)) throw new Error(`Cannot read the priority ${JSON.stringify(text)}`);
  return base + (offset ? Number(`${sign}${offset}`) : 0);
}

/** Whether a value is the pattern, or in it: an address in a prefix, a number in a range. */
function isIn(value: string, pattern: string): boolean {
  if (pattern.includes('/') && isAddress(value)) return contains(parseCidr(pattern), parseAddress(value));
  const range = /^(\w+)-(\w+)$/.exec(pattern);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (!Number.isNaN(from) && !Number.isNaN(to)) return Number(value) >= from && Number(value) <= to;
  }
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return value === normalValue(pattern);
}

/** Each part of a concatenation in its part of the pattern. */
export function isKeyIn(key: string, pattern: string): boolean {
  const [parts, patterns] = [key.split(' . '), pattern.split(' . ')];
  return parts.length === patterns.length && parts.every((part, i) => isIn(part, patterns[i] ?? ''));
}
