/** What differs between two objects, as sets of fields. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import type { Fields, KeyedList, Structure } from '../../api/schema/structure.ts';
import { difference, emptySet, type FieldSet, isEmpty, Members, member } from './fieldSet.ts';
import { nobodysFields } from './nobodys.ts';
import { shapeOf } from './shape.ts';
import { fieldStep, itemStep, valueStep } from './steps.ts';

export interface Comparison {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet;
  /** Fields that are there no more. */
  readonly removed: FieldSet;
}

/** Of two whole objects. What nobody owns is not told. */
export function compare(old: object, next: object, structure: Structure): Comparison {
  const { changed = emptySet, removed = emptySet } = compareValues(old, next, structure) ?? {};
  return { changed: difference(changed, nobodysFields), removed: difference(removed, nobodysFields) };
}

export const isSame = ({ changed, removed }: Comparison): boolean => isEmpty(changed) && isEmpty(removed);

/** Of one value: nodes of the sets. */
interface Found {
  changed?: FieldSet;
  removed?: FieldSet;
}

function compareValues(old: unknown, next: unknown, structure: Structure): Found | undefined {
  if (old === next) return undefined;
  if (old === undefined) return { changed: everything(next, structure) };
  if (next === undefined) return { removed: everything(old, structure) };
  const shape = shapeOf(structure, next);
  if (structure.type === 'untyped' && shape.type !== shapeOf(structure, old).type)
    return { changed: everything(next, shape), removed: everything(old, structure) };
  switch (shape.type) {
    case 'leaf':
      return isDeepStrictEqual(old, next) ? undefined : { changed: member };
    case 'fields':
      return compareFields(isObject(old) ? old : {}, isObject(next) ? next : {}, shape);
    case 'keyed':
    case 'set':
      return compareLists(old, next, shape);
  }
}

function compareFields(old: JsonObject, next: JsonObject, structure: Fields): Found | undefined {
  const found = new Collected();
  for (const name of Object.keys(next)) {
    const below = structure.named(name) ?? structure.rest;
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    if (below) found.add(fieldStep(name), compareValues(before, next[name], below));
  }
  for (const name of Object.keys(old)) {
    if (Object.hasOwn(next, name)) continue;
    const below = structure.named(name) ?? structure.rest;
    if (below) found.add(fieldStep(name), compareValues(old[name], undefined, below));
  }
  return found.all();
}

type ListStructure = KeyedList | { readonly type: 'set' };

function compareLists(old: unknown, next: unknown, structure: ListStructure): Found | undefined {
  const before = itemsOf(old, structure);
  const after = itemsOf(next, structure);
  // Items that cannot be told apart make one whole.
  if (!before || !after) return isDeepStrictEqual(old, next) ? undefined : { changed: member };
  const found = new Collected();
  for (const [step, items] of after) found.add(step, compareItems(before.get(step), items, structure));
  for (const [step, items] of before)
    if (!after.has(step)) found.add(step, compareItems(items, undefined, structure));
  return found.all();
}

function compareItems(
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  structure: ListStructure,
): Found | undefined {
  if (structure.type === 'set')
    return before && after ? undefined : before ? { removed: member } : { changed: member };
  const alone = (before?.length ?? 1) === 1 && (after?.length ?? 1) === 1;
  if (alone) return compareValues(before?.[0], after?.[0], structure.item);
  // Several addresses of one type are no fields of anybody's own.
  if (isDeepStrictEqual(before, after)) return undefined;
  return after ? { changed: member } : { removed: member };
}

/** The items by their steps; undefined when one of them lacks a key. Equal steps are told in one. */
function itemsOf(list: unknown, structure: ListStructure): Map<string, unknown[]> | undefined {
  const items = new Map<string, unknown[]>();
  for (const item of Array.isArray(list) ? (list as unknown[]) : []) {
    const step = structure.type === 'set' ? valueStep(item) : itemStep(item, structure);
    if (typeof step !== 'string') return undefined;
    const same = items.get(step);
    if (same) same.push(item);
    else items.set(step, [item]);
  }
  return items;
}

/** The value and everything in it, as it is when it appears or goes as a whole. */
function everything(value: unknown, structure: Structure): FieldSet {
  const shape = shapeOf(structure, value);
  switch (shape.type) {
    case 'leaf':
      return member;
    case 'fields':
      return everyField(isObject(value) ? value : {}, shape);
    case 'keyed':
    case 'set':
      return everyItem(value, shape);
  }
}

function everyField(object: JsonObject, structure: Fields): FieldSet {
  const all = new Members();
  for (const name of Object.keys(object)) {
    const below = structure.named(name) ?? structure.rest;
    if (below) all.add(fieldStep(name), everything(object[name], below));
  }
  return all.node();
}

function everyItem(list: unknown, structure: ListStructure): FieldSet {
  const all = new Members();
  for (const [step, items] of itemsOf(list, structure) ?? [])
    all.add(
      step,
      structure.type === 'keyed' && items.length === 1 ? everything(items[0], structure.item) : member,
    );
  return all.node();
}

class Collected {
  #changed: Record<string, FieldSet> | undefined;
  #removed: Record<string, FieldSet> | undefined;

  add(step: string, found: Found | undefined): void {
    if (found?.changed) (this.#changed ??= {})[step] = found.changed;
    if (found?.removed) (this.#removed ??= {})[step] = found.removed;
  }

  all(): Found | undefined {
    if (!this.#changed && !this.#removed) return undefined;
    return {
      ...(this.#changed && { changed: this.#changed }),
      ...(this.#removed && { removed: this.#removed }),
    };
  }
}
