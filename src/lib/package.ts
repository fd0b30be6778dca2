/** Where this package lies: the nearest folder above with a `package.json`, whether this runs as source or bundled. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

function findRoot(from: string): string {
  for (let directory = from; directory !== '/'; directory = dirname(directory)) {
    if (existsSync(`${directory}/package.json`)) return directory;
  }
  return from;
}

export const packageRoot: string = findRoot(import.meta.dirname);
