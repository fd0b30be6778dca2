import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until it holds; after the time is over fails with the last reason. */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  withinMs = 30_000,
  everyMs = 50,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (err) {
      if (Date.now() > until) throw err;
    }
    await sleep(everyMs);
  }
}
