/** What every decoded body must keep to, whatever format it came in. */
import { badRequest } from '../../api/errors.ts';

/**
 * How deep lists and objects may stand in each other. Whatever walks an object later recurses, and no kind
 * comes near this (a CustomResourceDefinition's schema, the deepest, stays below 100).
 */
export const maxDepth = 256;

export const tooDeep = () => badRequest(`Cannot read the body: it is nested deeper than ${maxDepth} levels`);

/**
 * The name that a JavaScript object cannot hold safely: assigning to it changes the object's prototype.
 * No field is called so; of map keys only a ConfigMap or Secret could, and is refused.
 */
const unsafeKey = '__proto__';

const unsafe = () => badRequest(`Cannot read the body: "${unsafeKey}" is not accepted as a key`);

export const isUnsafeKey = (key: string): boolean => key === unsafeKey;

/** Refuses what is too deep or has an unsafe key; says how many keys there are in all. */
export function checkTree(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= maxDepth) throw tooDeep();
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += checkTree(item, depth + 1);
    return keys;
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(object)) {
    if (isUnsafeKey(key)) throw unsafe();
    keys += 1 + checkTree(object[key], depth + 1);
  }
  return keys;
}
