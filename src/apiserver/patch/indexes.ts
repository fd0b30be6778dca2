/**
 * Indexes from the end, as Go's library takes them beside RFC 6902: `-1` is the last item, and where something is
 * added the place behind it.
 */
import jsonpatch, { type Operation } from 'fast-json-patch';

/** The operation with every index counted from the beginning. One that no item has stays, and is refused as it is. */
export function countedFromStart(document: unknown, operation: Operation): Operation {
  const isAdding = operation.op === 'add' || operation.op === 'copy' || operation.op === 'move';
  const counted = { ...operation, path: countedPath(document, operation.path, isAdding) };
  if (counted.op === 'copy' || counted.op === 'move')
    counted.from = countedPath(document, counted.from, false);
  return counted;
}

const negative = /^-\d+$/;

export const hasNegative = (pointer: string): boolean =>
  pointer.split('/').some((part) => negative.test(part));

function countedPath(document: unknown, pointer: unknown, isAdding: boolean): string {
  if (typeof pointer !== 'string' || !hasNegative(pointer)) return pointer as string;
  const parts = pointer.split('/');
  for (const [at, part] of parts.entries()) {
    if (!negative.test(part)) continue;
    const list: unknown = jsonpatch.getValueByPointer(document, parts.slice(0, at).join('/'));
    if (!Array.isArray(list)) continue;
    const places = list.length + (isAdding && at === parts.length - 1 ? 1 : 0);
    if (places + Number(part) >= 0) parts[at] = `${places + Number(part)}`;
  }
  return parts.join('/');
}
