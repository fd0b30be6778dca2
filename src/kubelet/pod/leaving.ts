/**
 * Before its stop signal, a pod goes on until nobody is sent to it any more. Kubernetes leaves that to preStop hooks
 * that sleep. Here proxies say when they have dropped the pod. Others who send clients say nothing, such as an answer of
 * DNS that somebody has kept: that nobody comes for a while says it of them.
 * https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/
 */
import type { Clock } from '../../lib/clock.ts';
import type { Visitors } from './visitors.ts';

export interface Leaving {
  /** Resolves when proxies send nobody there any more. */
  dropped: Promise<void>;
  /** Undefined where that cannot be told; it is waited once then. */
  visitors: () => Visitors | undefined;
  /** So long nobody came. */
  quietMs: number;
  /** At most, whoever comes. */
  longestMs: number;
}

const lookEveryMs = 50;

export async function untilLeft(
  { dropped, visitors, quietMs, longestMs }: Leaving,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.now() + longestMs;
  await Promise.race([dropped, clock.sleep(longestMs, signal)]);
  let seen = visitors();
  let quiet = 0;
  while (quiet < quietMs && !signal.aborted) {
    const leftMs = untilMs - clock.now();
    if (leftMs <= 0) return;
    const waitMs = Math.min(leftMs, quietMs - quiet, lookEveryMs);
    await clock.sleep(waitMs, signal);
    const now = visitors();
    // Waited for, not measured: where this process stood still, those who would have come may have, too.
    quiet = now && (now.came !== seen?.came || now.waiting > 0) ? 0 : quiet + waitMs;
    seen = now;
  }
}
