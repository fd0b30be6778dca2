/** The keys of a strategic merge patch that are not fields. */

import type { JsonObject } from '../../../api/jsonValue.ts';
import { badPatch } from '../errors.ts';

export const patchDirective = '$patch';
export const orderPrefix = '$setElementOrder/';
export const deletePrefix = '$deleteFromPrimitiveList/';
const retainKeysDirective = '$retainKeys';

/** What `$patch` says; it is taken out of the patch. */
export function directive(patch: JsonObject): 'merge' | 'replace' | 'delete' {
  const said = patch[patchDirective] ?? 'merge';
  delete patch[patchDirective];
  if (said === 'merge' || said === 'replace' || said === 'delete') return said;
  throw badPatch(`unknown patch type: ${JSON.stringify(said)}`);
}

/** The list that a `$deleteFromPrimitiveList/` is about. */
export const deletedFrom = (key: string): string | undefined =>
  key.startsWith(deletePrefix) ? key.slice(deletePrefix.length) : undefined;

/** `$retainKeys` takes away what it does not name: the other members of a union. */
export function retainKeys(target: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return;
  const named = patch[retainKeysDirective];
  delete patch[retainKeysDirective];
  if (!Array.isArray(named)) throw badPatch(`invalid patch format of ${retainKeysDirective}: it is no list`);
  const kept = new Set<unknown>(named);
  for (const [key, value] of Object.entries(patch))
    if (value !== null && !key.startsWith('$') && !kept.has(key))
      throw badPatch(`invalid patch format of ${retainKeysDirective}: it does not name ${key}`);
  for (const key of Object.keys(target)) if (!kept.has(key)) delete target[key];
}
