/** What the documentation says of each message and field: text for `kubectl explain`. */
import { readFile } from 'node:fs/promises';
import { packageRoot } from '../../lib/package.ts';

/** By message, then by field; under the empty name what is said of the message itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Written by `scripts/descriptions.ts`. */
export const descriptionsFile = `${packageRoot}/.build/descriptions.json`;

/** Without the file documents have no descriptions, and all else works. Read anew each time, so that nothing is kept. */
export async function readDescriptions(file = descriptionsFile): Promise<Descriptions> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Descriptions;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw err;
  }
}
