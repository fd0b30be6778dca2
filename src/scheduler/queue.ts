/**
 * Pods that wait for a node: those to be tried now, in the order of priority and then of age, and those
 * that fit nowhere, which are tried again when the cluster changes, later each time.
 */
import type { Clock } from '../lib/clock.ts';

const firstBackoffMs = 50;
const longestBackoffMs = 10_000;

export interface PodQueue {
  add(key: string, priority: number): void;
  /** It is gone, or has its node. */
  remove(key: string): void;
  /** The next pod to try; it is out of the queue then. */
  next(): string | undefined;
  /** It fits nowhere: it waits for a change, and for some time at least. */
  failed(key: string, priority: number): void;
  /** Something changed that may let pods fit. */
  moveAll(): void;
}

/** `ready` is called whenever there is something for `next`. */
export function podQueue(clock: Clock, signal: AbortSignal, ready: () => void): PodQueue {
  const active = new Map<number, Set<string>>();
  const unschedulable = new Map<string, { priority: number; notBefore: number }>();
  const attempts = new Map<string, number>();
  let isMoveDue = false;

  function activate(key: string, priority: number): void {
    const group = active.get(priority) ?? new Set();
    active.set(priority, group.add(key));
    ready();
  }

  function deactivate(key: string): void {
    for (const [priority, group] of active)
      if (group.delete(key) && group.size === 0) active.delete(priority);
    unschedulable.delete(key);
  }

  function moveAll(): void {
    const now = clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const [key, { priority, notBefore }] of unschedulable) {
      if (notBefore > now) {
        earliest = Math.min(earliest, notBefore);
        continue;
      }
      unschedulable.delete(key);
      activate(key, priority);
    }
    if (earliest === Number.POSITIVE_INFINITY || isMoveDue) return;
    isMoveDue = true;
    void clock.sleep(earliest - now, signal).then(() => {
      isMoveDue = false;
      if (!signal.aborted) moveAll();
    });
  }

  return {
    moveAll,
    add(key, priority) {
      deactivate(key);
      activate(key, priority);
    },
    remove(key) {
      deactivate(key);
      attempts.delete(key);
    },
    next() {
      const group = active.get(Math.max(...active.keys()));
      const [key] = group ?? [];
      if (key !== undefined) deactivate(key);
      return key;
    },
    failed(key, priority) {
      const count = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, count);
      const backoffMs = Math.min(firstBackoffMs * 2 ** (count - 1), longestBackoffMs);
      unschedulable.set(key, { priority, notBefore: clock.now() + backoffMs });
    },
  };
}
