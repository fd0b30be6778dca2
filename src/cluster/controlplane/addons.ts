/** Manifests that every cluster begins with. What stands there already, perhaps changed by its owner, stays as it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { isAlreadyExists } from '../../api/errors.ts';
import { kindFor } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';

const log = logger('addons');

/** The objects of a directory of manifests, with every `{name}` of `values` filled in. */
export function readAddons(directory: string, values: Readonly<Record<string, string>>): KubeObject[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAddon(readFileSync(`${directory}/${file}`, 'utf8'), values));
}

export function parseAddon(text: string, values: Readonly<Record<string, string>>): KubeObject[] {
  const filled = text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => values[name] ?? whole);
  return parseAllDocuments(filled)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

const retryMs = 100;

/** Creates them in order; tries again what must wait for something else, such as its namespace. */
export async function applyAddons(
  client: Client,
  objects: readonly KubeObject[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) {
    const kind = kindFor(object.apiVersion ?? '', object.kind ?? '');
    if (!kind) throw new Error(`Cannot apply an addon: there is no kind ${object.apiVersion} ${object.kind}`);
    while (!signal.aborted) {
      try {
        await client.create(kind.resource, object);
        break;
      } catch (err) {
        if (isAlreadyExists(err)) break;
        log.debug({ name: object.metadata.name, err: String(err) }, 'an addon waits');
        await clock.sleep(retryMs, signal);
      }
    }
  }
}
