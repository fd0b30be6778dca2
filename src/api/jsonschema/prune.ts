/**
 * Leaves out what a structural schema does not know.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
import { isObject, type JsonObject } from '../jsonValue.ts';
import { additionalOf, below, propertyOf, type Schema } from './schema.ts';

/** What every object has, wherever a whole object stands. */
const ofEveryObject: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

export interface Pruned<T> {
  /** Shares what was kept with the value, which is not changed. */
  value: T;
  /** Where what is left out stood: `spec.foo`, `spec.list[0].bar`. */
  unknown: string[];
}

/** `isWhole`: the value is a whole object, with apiVersion, kind and metadata. */
export function prune<T>(value: T, schema: Schema, isWhole: boolean): Pruned<T> {
  const unknown: string[] = [];
  return { value: pruned(value, schema, '', isWhole, unknown) as T, unknown };
}

function pruned(value: unknown, schema: Schema, path: string, isWhole: boolean, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return value;
    return value.map((item: unknown, i) =>
      pruned(item, items, `${path}[${i}]`, items['x-kubernetes-embedded-resource'] === true, unknown),
    );
  }
  return isObject(value) ? prunedObject(value, schema, path, isWhole, unknown) : value;
}

function prunedObject(
  value: JsonObject,
  schema: Schema,
  path: string,
  isWhole: boolean,
  unknown: string[],
): JsonObject {
  const additional = additionalOf(schema);
  const keepsAll =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const at = below(path, name);
    const known = propertyOf(schema, name) ?? additional;
    if (isWhole && ofEveryObject.has(name)) kept.push([name, member]);
    else if (known) {
      const embedded = known['x-kubernetes-embedded-resource'] === true;
      kept.push([name, pruned(member, known, at, embedded, unknown)]);
    } else if (keepsAll) kept.push([name, member]);
    else unknown.push(at);
  }
  return Object.fromEntries(kept);
}
