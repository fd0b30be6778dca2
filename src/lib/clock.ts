/** Time comes in as an argument, so that tests decide what it is. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    }),
};

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: { at: number; wake: () => void }[] = [];
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted) return resolve();
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((s) => s !== sleeper);
        resolve();
      });
    });
  }

  /** Moves on, and wakes whoever slept until then, in order. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter((s) => s.at <= this.#now).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter((s) => s.at > this.#now);
    for (const sleeper of due) sleeper.wake();
  }
}

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export function rfc3339(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (last.second !== second)
    last = { second, text: `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z` };
  return last.text;
}

/** Thousands of objects are written in the same second. */
let last = { second: Number.NaN, text: '' };

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written. */
export const rfc3339Micro = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
