/** One command at a time changes the clusters of a machine. The kernel gives the lock back when its holder dies. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';

const exclusiveWithoutWaiting = 2 | 4;

/** Runs `work` while holding the file's lock (flock(2)); waits up to `patienceMs` for it. */
export async function withLock<T>(file: string, work: () => Promise<T>, patienceMs = 120_000): Promise<T> {
  const flock = koffi.load('libc.so.6').func('int flock(int fd, int operation)');
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, 'a');
  try {
    const until = Date.now() + patienceMs;
    while (flock(fd, exclusiveWithoutWaiting) !== 0) {
      if (Date.now() > until)
        throw new Error(
          `Cannot go on: another switchboard command has held ${file} for two minutes; wait for it or end it`,
        );
      await sleep(50);
    }
    return await work();
  } finally {
    closeSync(fd);
  }
}
