/** The time that a pod has left. Deleted again with less patience, or by force, it has less; it never gets more. */
export class Grace {
  #deadlineMs: number;
  #sooner = new AbortController();

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Aborted when the deadline comes nearer than it is now. */
  get sooner(): AbortSignal {
    return this.#sooner.signal;
  }

  shorten(deadlineMs: number): void {
    if (deadlineMs >= this.#deadlineMs) return;
    this.#deadlineMs = deadlineMs;
    const before = this.#sooner;
    this.#sooner = new AbortController();
    before.abort();
  }
}
