/** A look into an answer of our own without reading all of it. */
import { recordType } from './types.ts';

/** Where the addresses of an answer stand, if they all are of the asked name and type; else none. */
export function addressesIn(bytes: Uint8Array): { places: number[]; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const none = { places: [], length: 0 };
  let at = afterName(bytes, 12);
  const type = view.getUint16(at);
  const length = type === recordType.A ? 4 : type === recordType.AAAA ? 16 : 0;
  if (length === 0) return none;
  at += 4;
  const places: number[] = [];
  for (let i = view.getUint16(6); i > 0; i--) {
    const data = afterName(bytes, at) + 10;
    if (view.getUint16(data - 10) !== type) return none;
    places.push(data);
    at = data + length;
  }
  return { places, length };
}

function afterName(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let size = bytes[at] ?? 0; size !== 0; size = bytes[at] ?? 0) {
    if (size >= 0xc0) return at + 2;
    at += size + 1;
  }
  return at + 1;
}
