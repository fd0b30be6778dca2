/**
 * How long a container that ended waits before it runs again: the first time not at all, then 10 s, 20 s, …
 * up to 5 min, and from the beginning once it has run for 10 min.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
import type { ContainerRecord } from '../contract.ts';

const firstMs = 10_000;
const longestMs = 300_000;
const longRunMs = 600_000;

/** The delay before the next restart; absent: none yet. */
export type Backoff = number | undefined;

/** When the container may run again. */
export function restartAtMs(backoff: Backoff, ended: ContainerRecord): number {
  return (ended.finishedAtMs ?? 0) + (ranLong(ended) ? 0 : (backoff ?? 0));
}

/** The delay that follows this restart. */
export function afterRestart(backoff: Backoff, ended: ContainerRecord): number {
  return nextDelayMs(ranLong(ended) ? undefined : backoff);
}

/** Also for image pulls. */
export const nextDelayMs = (backoff: Backoff): number =>
  backoff === undefined ? firstMs : Math.min(backoff * 2, longestMs);

const ranLong = ({ startedAtMs, finishedAtMs }: ContainerRecord): boolean =>
  (finishedAtMs ?? 0) - (startedAtMs ?? finishedAtMs ?? 0) >= longRunMs;

/** As Go prints it: `10s`, `2m40s`, `5m0s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
