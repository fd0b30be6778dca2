/**
 * The references, one small JSON file each, changed by atomic rename: no reader ever sees half a file,
 * and writers of different references do not meet.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageRecord, keyToFileName, recordKey } from './record.ts';

/** A directory changed this recently may change again within one tick of the file system's clock. */
const settledMs = 50;

export class ReferenceIndex {
  readonly #dir: string;
  #records: ReadonlyMap<string, ImageRecord> = new Map();
  #modifiedMs = Number.NaN;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** By {@link recordKey}. Costs one `stat` when nothing changed since the last call. */
  async records(): Promise<ReadonlyMap<string, ImageRecord>> {
    const modifiedMs = await modified(this.#dir);
    if (modifiedMs === this.#modifiedMs) return this.#records;
    this.#records = await readAll(this.#dir);
    this.#modifiedMs = Date.now() - modifiedMs > settledMs ? modifiedMs : Number.NaN;
    return this.#records;
  }

  async put(record: ImageRecord): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const draft = join(this.#dir, `.${randomUUID()}`);
    await writeFile(draft, JSON.stringify(record));
    await rename(draft, join(this.#dir, keyToFileName(recordKey(record))));
  }

  async delete(key: string): Promise<void> {
    await rm(join(this.#dir, keyToFileName(key)), { force: true });
  }
}

async function modified(dir: string): Promise<number> {
  const found = await stat(dir).catch(ifMissing(undefined));
  return found?.mtimeMs ?? 0;
}

async function readAll(dir: string): Promise<Map<string, ImageRecord>> {
  const names = await readdir(dir).catch(ifMissing<string[]>([]));
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFile(join(dir, name), 'utf8').catch(ifMissing(undefined))),
  );
  const records = new Map<string, ImageRecord>();
  for (const text of texts) {
    if (text === undefined) continue;
    const record: ImageRecord = JSON.parse(text);
    records.set(recordKey(record), record);
  }
  return records;
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
