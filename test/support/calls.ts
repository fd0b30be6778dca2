/** A client that keeps calling while something happens to the cluster. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Calls {
  /** How many ended, and why some failed. */
  count(): number;
  failures: string[];
  /** The longest that one took. */
  slowestMs(): number;
  stop(): Promise<void>;
}

/** One call after the other, with a pause between them; `call` rejects when it failed. */
export function keepCalling(call: () => Promise<unknown>, pauseMs = 20): Calls {
  const failures: string[] = [];
  let [count, slowestMs, going] = [0, 0, true];
  const done = (async () => {
    while (going) {
      const startMs = performance.now();
      await call().catch((err: Error) => failures.push(`call ${count}: ${err.message}`));
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      count++;
      await sleep(pauseMs);
    }
  })();
  return {
    failures,
    count: () => count,
    slowestMs: () => slowestMs,
    async stop() {
      going = false;
      await done;
    },
  };
}
