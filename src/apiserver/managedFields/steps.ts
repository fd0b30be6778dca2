/**
 * The steps of a path as FieldsV1 writes them: `f:` a field or the key of a map, `k:` an item of a list by its
 * keys, `v:` one by its value, `i:` one by its place.
 */

import { isObject } from '../../api/jsonValue.ts';
import type { KeyedList } from '../../api/schema/structure.ts';
import { remembered } from '../../lib/remembered.ts';
import { emptySet, type FieldSet } from './fieldSet.ts';

/** Of all fields in the tables, and of labels that many objects have. */
const maxKnownSteps = 10_000;

export const fieldStep: (name: string) => string = remembered(maxKnownSteps, (name) => `f:${name}`);

export const valueStep = (value: unknown): string => `v:${JSON.stringify(value)}`;

/** The step to an item; or the key that it lacks. */
export function itemStep(item: unknown, { keys, defaults }: KeyedList): string | { lacks: string } {
  const named: Record<string, unknown> = {};
  for (const key of keys) {
    const value = (isObject(item) ? item[key] : undefined) ?? defaults[key];
    if (value === undefined) return { lacks: key };
    named[key] = value;
  }
  return `k:${JSON.stringify(named)}`;
}

/** A path as messages show it: `.spec.containers[name="web"].image`. */
export const showPath = (path: readonly string[]): string => path.map(showStep).join('');

function showStep(step: string): string {
  const rest = step.slice(2);
  switch (step.slice(0, 2)) {
    case 'k:': {
      const keys = Object.entries(JSON.parse(rest) as object);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    }
    case 'v:':
      return `[=${rest}]`;
    case 'i:':
      return `[${rest}]`;
    default:
      return `.${rest}`;
  }
}

/** As deep as an object may be, twice over: an item of a list is two steps. */
const maxSteps = 512;

/** A set that a client sent, with its steps written as here; undefined when it is none. */
export function readFieldSet(fieldsV1: unknown, depth = 0): FieldSet | undefined {
  if (!isObject(fieldsV1) || depth > maxSteps) return undefined;
  const set: Record<string, FieldSet> = {};
  for (const [step, node] of Object.entries(fieldsV1)) {
    if (step === '.') {
      set[step] = emptySet;
      continue;
    }
    const known = readStep(step);
    const children = readFieldSet(node, depth + 1);
    if (known === undefined || !children) return undefined;
    set[known] = children;
  }
  return set;
}

function readStep(step: string): string | undefined {
  const rest = step.slice(2);
  switch (step.slice(0, 2)) {
    case 'f:':
      return step;
    case 'i:':
      return /^-?\d+$/.test(rest) ? step : undefined;
    case 'v:': {
      const value = parse(rest);
      return value === undefined ? undefined : valueStep(value);
    }
    case 'k:': {
      const keys = parse(rest);
      if (!isObject(keys)) return undefined;
      const sorted = Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1));
      return `k:${JSON.stringify(Object.fromEntries(sorted))}`;
    }
    default:
      return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
