/**
 * Keys that want work. A key that is added while it is worked on is worked on once more afterwards;
 * one that fails is tried again, later each time. Same promises as client-go's workqueue.
 */
import { isConflict } from '../api/errors.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';

export interface WorkQueueOptions {
  name: string;
  process: (key: string) => Promise<void>;
  /** How many keys are worked on at the same time. */
  concurrency?: number;
  clock?: Clock;
  signal: AbortSignal;
}

export interface WorkQueue {
  add(key: string): void;
  addAfter(key: string, delayMs: number): void;
  /** Resolves when nothing is waiting or being worked on; keys that wait for their time do not count. */
  idle(): Promise<void>;
}

const firstRetryMs = 10;
const longestRetryMs = 10_000;

export function workQueue({
  name,
  process,
  concurrency = 1,
  clock = systemClock,
  signal,
}: WorkQueueOptions): WorkQueue {
  const log = logger(name);
  const waiting = new Set<string>();
  const working = new Set<string>();
  const failures = new Map<string, number>();
  const due = new Map<string, number>();
  let idlers: (() => void)[] = [];
  let scheduled = false;

  function next(): void {
    scheduled = false;
    for (const key of waiting) {
      if (working.size >= concurrency || signal.aborted) return;
      if (working.has(key)) continue;
      waiting.delete(key);
      working.add(key);
      void work(key);
    }
    if (working.size === 0 && waiting.size === 0) {
      for (const wake of idlers) wake();
      idlers = [];
    }
  }

  async function work(key: string): Promise<void> {
    try {
      await process(key);
      failures.delete(key);
    } catch (err) {
      const failed = (failures.get(key) ?? 0) + 1;
      failures.set(key, failed);
      if (!signal.aborted && !isConflict(err))
        log.warn({ key, failed, err: messageOf(err) }, 'failed, will try again');
      addAfter(key, Math.min(firstRetryMs * 2 ** (failed - 1), longestRetryMs));
    }
    working.delete(key);
    next();
  }

  function add(key: string): void {
    if (signal.aborted) return;
    waiting.add(key);
    if (scheduled) return;
    // What happens within one turn is worked on together.
    scheduled = true;
    queueMicrotask(next);
  }

  function addAfter(key: string, delayMs: number): void {
    const at = clock.now() + delayMs;
    const known = due.get(key);
    if (known !== undefined && known <= at) return;
    due.set(key, at);
    void clock.sleep(delayMs, signal).then(() => {
      if (due.get(key) !== at) return;
      due.delete(key);
      add(key);
    });
  }

  return {
    add,
    addAfter,
    idle: () =>
      new Promise((resolve) => (working.size + waiting.size === 0 ? resolve() : idlers.push(resolve))),
  };
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
