import { isObject, type JsonObject } from '../../api/jsonValue.ts';

/** JSON merge patch, RFC 7386 section 2: null takes away, objects merge, all else replaces. Changes `target`. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (!isObject(value)) target[key] = value;
    else {
      const before = Object.hasOwn(target, key) ? target[key] : undefined;
      target[key] = mergePatch(isObject(before) ? before : {}, value);
    }
  }
  return target;
}
