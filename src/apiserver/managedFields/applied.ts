/** The fields that an applied configuration speaks of: those that its writer wants to own. */

import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import type { Fields, KeyedList, SetOfScalars, Structure } from '../../api/schema/structure.ts';
import { difference, type FieldSet, isEmpty, member, memberWith } from './fieldSet.ts';
import { nobodysFields } from './nobodys.ts';
import { shapeOf } from './shape.ts';
import { fieldStep, itemStep, showPath, valueStep } from './steps.ts';

export interface Applied {
  readonly fields: FieldSet;
  /** What keeps the configuration from being one of this structure, in Kubernetes' words. */
  readonly errors: readonly string[];
}

export function fieldsOf(config: object, structure: Structure): Applied {
  const errors: string[] = [];
  const fields = new Walk(errors).value(config, structure, []) ?? {};
  return { fields: difference(fields, nobodysFields), errors };
}

class Walk {
  readonly #errors: string[];
  constructor(errors: string[]) {
    this.#errors = errors;
  }

  /** The node of the value; undefined when there is nothing in it to own. */
  value(value: unknown, structure: Structure, path: readonly string[]): FieldSet | undefined {
    const shape = shapeOf(structure, value);
    if (shape.type === 'leaf' || value === null) return member;
    if (shape.type === 'fields') {
      if (!isObject(value)) return this.#wrong(path, `expected map, got ${show(value)}`);
      return this.#fields(value, shape, path);
    }
    if (!Array.isArray(value)) return this.#wrong(path, `expected list, got ${show(value)}`);
    return this.#items(value, shape, path);
  }

  #fields(object: JsonObject, structure: Fields, path: readonly string[]): FieldSet | undefined {
    const found: Record<string, FieldSet> = {};
    const members = Object.entries(object);
    for (const [name, value] of members) {
      const named = structure.named(name);
      const below = named ?? structure.rest;
      const step = fieldStep(name);
      if (!below) {
        this.#wrong([...path, step], 'field not declared in schema');
        continue;
      }
      const node = this.value(value, below, [...path, step]);
      // A key of a map is there because somebody wrote it; a field always has its place.
      if (named) {
        if (node) found[step] = node;
      } else found[step] = node ? memberWith(node) : member;
    }
    return isEmpty(found) && members.length > 0 ? undefined : found;
  }

  #items(
    list: readonly unknown[],
    structure: KeyedList | SetOfScalars,
    path: readonly string[],
  ): FieldSet | undefined {
    const found: Record<string, FieldSet> = {};
    for (const [i, item] of list.entries()) {
      const step = structure.type === 'set' ? valueStep(item) : itemStep(item, structure);
      if (typeof step !== 'string') {
        const why = `associative list with keys has an element that omits key field ${JSON.stringify(step.lacks)} (and doesn't have default value)`;
        this.#wrong(path, `element ${i}: ${why}`);
      } else if (step in found) {
        const which = structure.type === 'set' ? 'set element' : 'entries for key';
        this.#wrong(path, `duplicate ${which} ${showPath([step])}`);
      } else {
        const node = structure.type === 'set' ? member : this.value(item, structure.item, [...path, step]);
        found[step] = node ? memberWith(node) : member;
      }
    }
    return isEmpty(found) ? undefined : found;
  }

  #wrong(path: readonly string[], why: string): undefined {
    this.#errors.push(`${showPath(path)}: ${why}`);
  }
}

const show = (value: unknown) => JSON.stringify(value);
