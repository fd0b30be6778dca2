/** Takes out of an object what its applier no longer applies, and nobody else has. */

import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import type { Fields, KeyedList, SetOfScalars, Structure } from '../../api/schema/structure.ts';
import { below, type FieldSet, hasMember, isEmpty } from './fieldSet.ts';
import { shapeOf } from './shape.ts';
import { fieldStep, itemStep, valueStep } from './steps.ts';

/**
 * `last` is what the applier owned before, `kept` what anybody owns now. What loses all of its members goes
 * with them, and so does what the kind names and nobody has a part of any more: defaults that were filled into it
 * would make a `RollingUpdate` of what is to be `Recreate`. Shares parts with `object`, which is not changed.
 */
export function prune(object: JsonObject, structure: Structure, last: FieldSet, kept: FieldSet): JsonObject {
  const pruned = pruneValue(object, structure, last, kept);
  return isObject(pruned) ? pruned : {};
}

function pruneValue(value: unknown, structure: Structure, last: FieldSet, kept: FieldSet): unknown {
  if (isEmpty(last)) return value;
  const shape = shapeOf(structure, value);
  switch (shape.type) {
    case 'leaf':
      return value;
    case 'fields':
      return isObject(value) ? pruneFields(value, shape, last, kept) : value;
    case 'keyed':
    case 'set':
      return Array.isArray(value) ? pruneItems(value, shape, last, kept) : value;
  }
}

function pruneFields(object: JsonObject, structure: Fields, last: FieldSet, kept: FieldSet): unknown {
  const left: JsonObject = {};
  let changed = false;
  for (const [name, value] of Object.entries(object)) {
    const step = fieldStep(name);
    const named = structure.named(name);
    const memberStructure = named ?? structure.rest;
    if (!memberStructure || !last[step]) {
      left[name] = value;
      continue;
    }
    const goes = !kept[step] && (named !== undefined || hasMember(last, step));
    const pruned = goes
      ? undefined
      : pruneValue(value, memberStructure, below(last, step), below(kept, step));
    if (pruned !== undefined) left[name] = pruned;
    changed ||= pruned !== value;
  }
  if (!changed) return object;
  return isEmptyObject(left) ? undefined : left;
}

const isEmptyObject = (object: object) => Object.keys(object).length === 0;

function pruneItems(
  list: unknown[],
  structure: KeyedList | SetOfScalars,
  last: FieldSet,
  kept: FieldSet,
): unknown {
  const left: unknown[] = [];
  for (const item of list) {
    const step = structure.type === 'set' ? valueStep(item) : itemStep(item, structure);
    if (typeof step !== 'string' || !last[step]) left.push(item);
    else if (!hasMember(last, step) || hasMember(kept, step))
      left.push(structure.type === 'set' ? item : prunedItem(item, structure, step, last, kept));
  }
  if (left.length === list.length && left.every((item, i) => item === list[i])) return list;
  return left.length === 0 ? undefined : left;
}

/** An item that stays keeps its keys. */
function prunedItem(
  item: unknown,
  { item: structure, keys }: KeyedList,
  step: string,
  last: FieldSet,
  kept: FieldSet,
): unknown {
  const { ...others } = below(last, step);
  for (const key of keys) delete (others as Record<string, FieldSet>)[fieldStep(key)];
  return pruneValue(item, structure, others, below(kept, step));
}
