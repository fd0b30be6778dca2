/** Which keys end when, with one timer for the next of them. */
import type { Clock } from '../lib/clock.ts';

/** Keys that end within the same second go together. */
const leastWaitMs = 1000;
/** A timer of Node holds no more than 24 days. */
const mostWaitMs = 3_600_000;

export class Expiry {
  readonly #clock: Clock;
  readonly #onDue: (keys: string[]) => void;
  readonly #ends = new Map<string, number>();
  #nextMs = Infinity;
  #timer: AbortController | undefined;

  constructor(clock: Clock, onDue: (keys: string[]) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(key: string, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#ends.delete(key);
      return;
    }
    this.#ends.set(key, atMs);
    if (atMs < this.#nextMs) this.#arm(atMs);
  }

  close(): void {
    this.#timer?.abort();
    this.#ends.clear();
  }

  #arm(atMs: number): void {
    this.#timer?.abort();
    this.#nextMs = atMs;
    const timer = new AbortController();
    this.#timer = timer;
    const waitMs = Math.min(Math.max(atMs - this.#clock.now(), leastWaitMs), mostWaitMs);
    void this.#clock.sleep(waitMs, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      const due = this.takeDue();
      if (due.length > 0) this.#onDue(due);
    });
  }

  /** The keys whose time has come; they are no longer followed. */
  takeDue(): string[] {
    const now = this.#clock.now();
    const due: string[] = [];
    let nextMs = Infinity;
    for (const [key, atMs] of this.#ends) {
      if (atMs <= now) due.push(key);
      else nextMs = Math.min(nextMs, atMs);
    }
    for (const key of due) this.#ends.delete(key);
    this.#nextMs = Infinity;
    if (nextMs < Infinity) this.#arm(nextMs);
    return due;
  }
}
