/** Keys of a ConfigMap or Secret as files. */
import { posix } from 'node:path';
import type { Payload } from './contract.ts';

interface Item {
  key: string;
  path: string;
  mode?: number;
}

export const defaultFileMode = 0o644;

/** All keys under their own names, or only those that `items` names. */
export function selectItems(
  data: ReadonlyMap<string, string | Uint8Array>,
  items: readonly Item[] | undefined,
  mode: number,
  optional: boolean,
): Payload {
  const chosen = items?.length ? items : [...data.keys()].map((key) => ({ key, path: key }));
  const payload: Payload = new Map();
  for (const { key, path, mode: own } of chosen as Item[]) {
    const value = data.get(key);
    if (value !== undefined) payload.set(inside(path), { data: value, mode: own ?? mode });
    else if (!optional) throw new Error(`references non-existent config key: ${key}`);
  }
  return payload;
}

/** A path that stays below the volume. */
export function inside(path: string): string {
  const normal = posix.normalize(path);
  if (path === '' || posix.isAbsolute(path) || normal === '..' || normal.startsWith('../'))
    throw new Error(`Cannot use path ${JSON.stringify(path)}: it does not stay inside of the volume`);
  return normal;
}
