/** Waits longer and longer for what fails again and again; what fails no more is forgotten after a while. */
import type { Clock } from '../lib/clock.ts';

export interface Backoff {
  /**
   * Tells that `what` failed, and which time it was: the same `occasion` counts once. Returns how many
   * milliseconds are left to wait.
   */
  failed(what: string, occasion: string): number;
}

interface Failure {
  occasion: string;
  sinceMs: number;
  waitMs: number;
}

export function backoff(options: { shortestMs: number; longestMs: number; clock: Clock }): Backoff {
  const { shortestMs, longestMs, clock } = options;
  const failures = new Map<string, Failure>();

  function forgetOld(): void {
    for (const [what, { sinceMs, waitMs }] of failures)
      if (clock.now() - sinceMs > 2 * longestMs + waitMs) failures.delete(what);
  }

  return {
    failed(what, occasion) {
      forgetOld();
      const last = failures.get(what);
      if (last?.occasion === occasion) return Math.max(0, last.sinceMs + last.waitMs - clock.now());
      // The first one is replaced at once.
      const waitMs = last ? Math.min(longestMs, Math.max(shortestMs, 2 * last.waitMs)) : 0;
      failures.set(what, { occasion, sinceMs: clock.now(), waitMs });
      return waitMs;
    },
  };
}
