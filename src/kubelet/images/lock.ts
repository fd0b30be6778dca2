/**
 * Locks between processes that share a directory, also across pid and network namespaces. SQLite's lock on an
 * empty file is used because the kernel lets go of it however its holder ends, `kill -9` included.
 * https://www.sqlite.org/lang_transaction.html
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock.ts';

/** Many may hold a lock `shared`; one alone holds it `exclusive`. */
export type LockMode = 'shared' | 'exclusive';

const retryMs = 50;
const begin: Record<LockMode, string> = {
  shared: 'BEGIN; SELECT count(*) FROM sqlite_schema',
  exclusive: 'BEGIN EXCLUSIVE',
};

/** Does the work if nobody has the lock; answers whether it did. */
export async function ifFree(
  dir: string,
  name: string,
  mode: LockMode,
  work: () => Promise<void>,
): Promise<boolean> {
  const held = await take(dir, name, mode);
  if (!held) return false;
  try {
    await work();
  } finally {
    held.close();
  }
  return true;
}

/** Waits until the lock is free, then does the work. */
export async function withLock<T>(
  dir: string,
  name: string,
  mode: LockMode,
  work: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  let held = await take(dir, name, mode);
  while (!held) {
    await clock.sleep(retryMs);
    held = await take(dir, name, mode);
  }
  try {
    return await work();
  } finally {
    held.close();
  }
}

async function take(dir: string, name: string, mode: LockMode): Promise<{ close(): void } | undefined> {
  // Only who pulls or builds pays for loading SQLite.
  const { DatabaseSync } = await import('node:sqlite');
  await mkdir(dir, { recursive: true });
  const database = new DatabaseSync(join(dir, name));
  try {
    database.exec(begin[mode]);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && error.message.includes('database is locked')) return undefined;
    throw error;
  }
}
