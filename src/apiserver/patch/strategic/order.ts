/** The order of a merged list. */

import { isObject } from '../../../api/jsonValue.ts';
import { badPatch } from '../errors.ts';

/** By what an item is told from the others of its list. */
const identity = (item: unknown, mergeKey: string | undefined): unknown =>
  mergeKey === undefined ? item : isObject(item) ? item[mergeKey] : undefined;

function positions(list: readonly unknown[], mergeKey: string | undefined): Map<unknown, number> {
  const at = new Map<unknown, number>();
  for (const [i, item] of list.entries()) {
    const id = identity(item, mergeKey);
    if (!at.has(id)) at.set(id, i);
  }
  return at;
}

/**
 * Sorts `merged`: items that `wanted` names in its order, the others in the order that they had `before`.
 * Where the two meet, an item that only the server has stays in front of a named one only if it was there.
 */
export function ordered(
  merged: readonly unknown[],
  wanted: readonly unknown[],
  before: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const wantedAt = positions(wanted, mergeKey);
  const beforeAt = positions(before, mergeKey);
  const by = (at: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (at.get(identity(a, mergeKey)) ?? at.size) - (at.get(identity(b, mergeKey)) ?? at.size);
  const isWanted = (item: unknown) => wantedAt.has(identity(item, mergeKey));
  const named = merged.filter(isWanted).sort(by(wantedAt));
  const others = merged.filter((item) => !isWanted(item)).sort(by(beforeAt));

  const sorted: unknown[] = [];
  let next = 0;
  for (const other of others) {
    const otherAt = beforeAt.get(identity(other, mergeKey));
    while (next < named.length) {
      const namedAt = beforeAt.get(identity(named[next], mergeKey));
      if (otherAt !== undefined && namedAt !== undefined && otherAt < namedAt) break;
      sorted.push(named[next++]);
    }
    sorted.push(other);
  }
  return [...sorted, ...named.slice(next)];
}

/** What the patch brings must stand in the same order in its `$setElementOrder`. */
export function checkOrder(
  directive: string,
  patch: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): void {
  let next = 0;
  for (const item of patch) {
    if (isObject(item) && item['$patch'] !== undefined) continue;
    const id = identity(item, mergeKey);
    while (next < order.length && identity(order[next], mergeKey) !== id) next++;
    if (next === order.length)
      throw badPatch(`the order in the patch list does not match ${directive}: ${JSON.stringify(order)}`);
    next++;
  }
}
