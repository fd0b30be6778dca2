/**
 * Strategic merge patch: a merge patch that merges lists by a key of their items, as the fields' tables say.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 *
 * Everything here may change `target` and `patch`: both are copies.
 */

import { isObject, type JsonObject } from '../../../api/jsonValue.ts';
import type { Field } from '../../../api/message.ts';
import { badPatch } from '../errors.ts';
import {
  deletedFrom,
  deletePrefix,
  directive,
  orderPrefix,
  patchDirective,
  retainKeys,
} from './directives.ts';
import { mergeList } from './list.ts';
import { checkOrder, ordered } from './order.ts';
import { type Schema, schemaBelow, untyped } from './schema.ts';

export function strategicMerge(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  switch (directive(patch)) {
    case 'replace':
      return strategicMerge({}, patch, schema);
    case 'delete':
      return {};
  }
  retainKeys(target, patch);
  mergeOrderedLists(target, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === patchDirective) continue;
    const list = deletedFrom(key);
    if (list !== undefined) deleteScalars(target, list, value);
    else if (value === null) delete target[key];
    else target[key] = mergeMember(memberOf(target, key), value, schema(key));
  }
  return target;
}

/** A member of the object's own, not of its prototype: keys are the client's. */
const memberOf = (object: JsonObject, key: string) => (Object.hasOwn(object, key) ? object[key] : undefined);

function mergeMember(before: unknown, value: unknown, field: Field | undefined): unknown {
  if (Array.isArray(value)) return mergeItems(Array.isArray(before) ? before : [], value, field);
  if (!isObject(value)) return value;
  return strategicMerge(isObject(before) ? before : {}, value, schemaBelow(field));
}

function mergeItems(before: unknown[], patch: unknown[], field: Field | undefined): unknown[] {
  if (!field?.patch?.merge) return patch.map((item) => withoutDirectives(item));
  const merge = (target: JsonObject, item: JsonObject) => strategicMerge(target, item, schemaBelow(field));
  return mergeList(before, patch, field.patch.key, merge);
}

/** `$setElementOrder/x` stands for the lists x of both sides, which are done when it is done. */
function mergeOrderedLists(target: JsonObject, patch: JsonObject, schema: Schema): void {
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    delete patch[key];
    const name = key.slice(orderPrefix.length);
    if (!Array.isArray(order)) throw badPatch(`${key} is no list`);
    const field = schema(name);
    const before = memberOf(target, name);
    const change = memberOf(patch, name);
    if (before === undefined && change === undefined) continue;
    // A null takes the list away; that is for the caller, as is what is no list at all.
    if ((change !== undefined && !Array.isArray(change)) || (before !== undefined && !Array.isArray(before)))
      continue;
    delete patch[name];
    const mergeKey = field?.patch?.key;
    checkOrder(key, change ?? [], order, mergeKey);
    const merged = change === undefined ? (before ?? []) : mergeItems(before ?? [], change, field);
    target[name] = ordered(merged, order, before ?? [], mergeKey);
  }
}

/** `$deleteFromPrimitiveList/x` */
function deleteScalars(target: JsonObject, name: string, values: unknown): void {
  if (!Array.isArray(values)) throw badPatch(`${deletePrefix}${name} is no list`);
  const before = memberOf(target, name);
  const gone = new Set<unknown>(values);
  if (Array.isArray(before)) target[name] = before.filter((item) => !gone.has(item));
}

/** A value that replaces: what directives in it ask for has nothing to be done to. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  return isObject(value) ? strategicMerge({}, value, untyped) : value;
}
