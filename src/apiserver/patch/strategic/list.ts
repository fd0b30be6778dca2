/** Merging lists: items with a merge key, and sets of scalars. */

import { isObject, type JsonObject } from '../../../api/jsonValue.ts';
import { badPatch } from '../errors.ts';
import { directive } from './directives.ts';
import { ordered } from './order.ts';

type MergeItem = (target: JsonObject, patch: JsonObject) => JsonObject;

/** The list as the patch makes it; new items come first, as Kubernetes places them. */
export function mergeList(
  before: unknown[],
  patch: unknown[],
  mergeKey: string | undefined,
  mergeItem: MergeItem,
): unknown[] {
  if (mergeKey === undefined) return mergeScalars(before, patch);
  const { kept, changes, replaced } = applyDirectives(before, patch.map(itemOf), mergeKey);
  // Replaced, the list is what the patch says, also where two items have one key: addresses of a node.
  if (replaced) return changes.map((change) => mergeItem({}, change));
  const merged = [...kept];
  const placeOf = new Map<unknown, number>();
  for (const [i, item] of merged.entries())
    if (isObject(item) && !placeOf.has(item[mergeKey])) placeOf.set(item[mergeKey], i);
  for (const change of changes) {
    const at = placeOf.get(change[mergeKey]) ?? merged.length;
    const target = merged[at];
    placeOf.set(change[mergeKey], at);
    merged[at] = mergeItem(isObject(target) ? target : {}, change);
  }
  return ordered(merged, changes, kept, mergeKey);
}

function mergeScalars(before: unknown[], patch: unknown[]): unknown[] {
  if (patch.some((item) => typeof item === 'object'))
    throw badPatch('a list of scalars holds something else');
  return ordered([...new Set([...before, ...patch])], patch, before, undefined);
}

function itemOf(item: unknown): JsonObject {
  if (!isObject(item)) throw badPatch(`an item of a list of objects is ${JSON.stringify(item)}`);
  return item;
}

/** `$patch: delete` takes an item away, an item that says `$patch: replace` all that the patch does not bring. */
function applyDirectives(
  before: unknown[],
  patch: JsonObject[],
  mergeKey: string,
): { kept: unknown[]; changes: JsonObject[]; replaced: boolean } {
  const deleted = new Set<unknown>();
  let replaced = false;
  const changes: JsonObject[] = [];
  for (const item of patch) {
    const said = directive(item);
    if (said === 'replace') {
      replaced = true;
      continue;
    }
    if (!Object.hasOwn(item, mergeKey))
      throw badPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    if (said === 'merge') changes.push(item);
    else deleted.add(item[mergeKey]);
  }
  const kept = before.filter((item) => !isObject(item) || !deleted.has(item[mergeKey]));
  return { kept, changes, replaced };
}
