/** Sets and maps that stand as lists: no item twice. */
import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldDuplicate } from '../errors.ts';
import { isObject } from '../jsonValue.ts';
import { below, memberOf, type Schema } from './schema.ts';

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
export function validateLists(value: unknown, schema: Schema, path = ''): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const inside = items
      ? value.flatMap((item: unknown, i) => validateLists(item, items, `${path}[${i}]`))
      : [];
    return [...duplicates(value, schema, path), ...inside];
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const known = memberOf(schema, name);
    return known ? validateLists(member, known, below(path, name)) : [];
  });
}

function duplicates(list: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = type === 'set' ? (item: unknown) => item : (item: unknown) => keysOf(item, keys);
  // Texts that are equal are candidates; the order of members does not count.
  const seen = new Map<string, unknown[]>();
  const wrong: FieldError[] = [];
  for (const [i, item] of list.entries()) {
    const own = identity(item);
    const text = isObject(own) ? JSON.stringify(Object.entries(own).toSorted(byName)) : JSON.stringify(own);
    const before = seen.get(text) ?? [];
    if (before.some((other) => isDeepStrictEqual(other, own)))
      wrong.push(fieldDuplicate(`${path}[${i}]`, own));
    else seen.set(text, [...before, own]);
  }
  return wrong;
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

const keysOf = (item: unknown, keys: readonly string[]) =>
  isObject(item)
    ? Object.fromEntries(keys.filter((k) => item[k] !== undefined).map((k) => [k, item[k]]))
    : item;
