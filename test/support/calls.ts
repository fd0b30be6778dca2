/** A client that keeps calling while something happens to the cluster. */
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Calls {
  /** How many ended, and why some failed. */
  count(): number;
  failures: string[];
  /** The longest that one took. */
  slowestMs(): number;
  stop(): Promise<void>;
}

/** One call after the other, with a pause between them, until it is stopped or the test is over. */
export function keepCalling(t: TestContext, call: () => Promise<unknown>, pauseMs = 20): Calls {
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
  const stop = async () => {
    going = false;
    await done;
  };
  t.after(stop);
  return { failures, count: () => count, slowestMs: () => slowestMs, stop };
}
