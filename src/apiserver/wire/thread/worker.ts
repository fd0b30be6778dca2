/** The thread that reads and writes what would hold the event loop: large bodies, and YAML of some length. */
import { parentPort } from 'node:worker_threads';
import { StatusError } from '../../../api/errors.ts';
import type { Status } from '../../../api/types.ts';
import { parseJson } from '../json.ts';
import { parseYaml, stringifyYaml } from '../yaml.ts';

export type Job =
  /** JSON is only checked: who asked reads it faster than it could be handed over. */
  | { id: number; job: 'check json' | 'read yaml'; text: string }
  | { id: number; job: 'write yaml'; text: string };

export interface Done {
  id: number;
  /** JSON of a YAML body, or YAML of an object's JSON. */
  text?: string;
  duplicates?: string[];
  /** Why the body cannot be read. */
  refused?: Status;
  failed?: string;
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(done(job)));

function done({ id, job, text }: Job): Done {
  try {
    switch (job) {
      case 'check json':
        return { id, duplicates: parseJson(text).duplicates };
      case 'read yaml': {
        const { value, duplicates } = parseYaml(text);
        return { id, text: JSON.stringify(value), duplicates };
      }
      case 'write yaml':
        return { id, text: stringifyYaml(JSON.parse(text) as object) };
    }
  } catch (err) {
    if (err instanceof StatusError) return { id, refused: err.status };
    return { id, failed: (err as Error).message };
  }
}
