/**
 * Domain names on the wire and as text. As text a name ends with a dot and keeps its case; a dot or a backslash
 * inside a label is escaped, other unprintable bytes stand as `\DDD` (RFC 1035 section 5.1).
 */
import { WireError } from './error.ts';

const longestName = 255;
/** A name has no more labels than this, so no more pointers are of use; a message full of them costs time. */
const mostPointers = 127;
export const longestLabel = 63;
const pointerBits = 0xc0;

/** Reads a name, following compression pointers (RFC 1035 section 4.1.4), which must point backwards. */
export function readName(bytes: Uint8Array, at: number): { name: string; end: number } {
  let name = '';
  let length = 1;
  let end = -1;
  let position = at;
  let floor = at;
  let pointers = 0;
  for (;;) {
    const size = bytes[position];
    if (size === undefined) throw new WireError('Cannot read a name: it runs past the end of the message');
    if (size === 0) {
      if (end < 0) end = position + 1;
      return { name: name === '' ? '.' : name, end };
    }
    if ((size & pointerBits) === pointerBits) {
      const low = bytes[position + 1];
      if (low === undefined)
        throw new WireError('Cannot read a name: its pointer runs past the end of the message');
      if (end < 0) end = position + 2;
      const target = ((size & 0x3f) << 8) | low;
      // Each jump goes further back than the last, so that no chain of pointers is endless.
      if (target >= floor)
        throw new WireError('Cannot read a name: a compression pointer does not point backwards');
      if (++pointers > mostPointers)
        throw new WireError('Cannot read a name: it has too many compression pointers');
      floor = target;
      position = target;
      continue;
    }
    if ((size & pointerBits) !== 0) throw new WireError('Cannot read a name: unknown kind of label');
    length += size + 1;
    if (length > longestName) throw new WireError('Cannot read a name: it is longer than 255 bytes');
    if (position + 1 + size > bytes.length)
      throw new WireError('Cannot read a name: a label runs past the end of the message');
    for (let i = position + 1; i <= position + size; i++) name += textOf(bytes[i] ?? 0);
    name += '.';
    position += size + 1;
  }
}

function textOf(byte: number): string {
  if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\${byte.toString().padStart(3, '0')}`;
}

/** The labels of a name as bytes; the root has none. */
export function labelsOf(name: string): Uint8Array[] {
  if (name === '.' || name === '') return [];
  const labels: number[][] = [[]];
  for (let i = 0; i < name.length; i++) {
    const character = name.charCodeAt(i);
    const label = labels.at(-1) as number[];
    if (character === 0x2e) labels.push([]);
    else if (character !== 0x5c) label.push(character);
    else if (/^\d{3}/.test(name.slice(i + 1, i + 4))) {
      label.push(Number(name.slice(i + 1, i + 4)));
      i += 3;
    } else label.push(name.charCodeAt(++i));
  }
  if (labels.at(-1)?.length === 0) labels.pop();
  return labels.map((label) => Uint8Array.from(label));
}

/** Whether text is a name that fits on the wire. */
export function isName(name: string): boolean {
  const labels = labelsOf(name);
  const length = labels.reduce((sum, label) => sum + label.length + 1, 1);
  return length <= longestName && labels.every((label) => label.length > 0 && label.length <= longestLabel);
}

/** With its final dot and in lower case: the form that names are compared in (RFC 4343). */
export function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** Whether a name is the zone itself or below it. Both canonical. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === '.' || name === zone || name.endsWith(`.${zone}`);

/** `a.b.`, `b.`; an escaped dot ends no label. */
export function* suffixesOf(name: string): Iterable<string> {
  for (let start = 0; start < name.length; start++) {
    yield name.slice(start);
    while (start < name.length && name[start] !== '.') start += name[start] === '\\' ? 2 : 1;
  }
}

/** The longest of some zones that a name is in; all canonical. */
export const zoneOf = (name: string, zones: readonly string[]): string | undefined =>
  zones
    .filter((zone) => isWithin(name, zone))
    .reduce<string | undefined>(
      (best, zone) => (best && best.length >= zone.length ? best : zone),
      undefined,
    );
