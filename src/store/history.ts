/** The recent changes, so that a watch can begin in the past and a listing can show it. */
import type { Change } from './contract.ts';
import { firstIndex } from './sortedKeys.ts';

export interface HistoryLimits {
  /** At most so many changes. */
  changes: number;
  /** At most so many characters of JSON. */
  characters: number;
}

export class History {
  readonly #limits: HistoryLimits;
  #changes: Change[] = [];
  /** What stands before this index is forgotten; the array is cut now and then. */
  #start = 0;
  #characters = 0;
  #oldest: number;

  /** Knows nothing up to and including `oldest`. */
  constructor(limits: HistoryLimits, oldest: number) {
    this.#limits = limits;
    this.#oldest = oldest;
  }

  /** Every change after this revision is known. */
  get oldest(): number {
    return this.#oldest;
  }

  push(change: Change): void {
    this.#changes.push(change);
    this.#characters += weight(change);
    while (
      this.#changes.length - this.#start > this.#limits.changes ||
      this.#characters > this.#limits.characters
    )
      this.#forgetOne();
  }

  /** Forgets every change up to and including this revision. */
  forget(revision: number): void {
    while ((this.#changes[this.#start]?.revision ?? Infinity) <= revision) this.#forgetOne();
    this.#oldest = Math.max(this.#oldest, revision);
  }

  /** At most `limit` changes after `revision` that begin with `prefix`, and the revision up to which was looked. */
  after(revision: number, prefix: string, limit = Infinity): { changes: Change[]; seen: number } {
    const changes: Change[] = [];
    let seen = revision;
    for (let i = this.#indexAfter(revision); i < this.#changes.length && changes.length < limit; i++) {
      const change = this.#changes[i] as Change;
      if (change.key.startsWith(prefix)) changes.push(change);
      seen = change.revision;
    }
    return { changes, seen };
  }

  #indexAfter(revision: number): number {
    const known = this.#changes.length - this.#start;
    return this.#start + firstIndex(known, (i) => (this.#changes[this.#start + i]?.revision ?? 0) > revision);
  }

  #forgetOne(): void {
    const change = this.#changes[this.#start++];
    if (!change) return;
    this.#oldest = change.revision;
    this.#characters -= weight(change);
    if (this.#start > 1024 && this.#start * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#start);
      this.#start = 0;
    }
  }
}

const weight = (change: Change) => change.entry.json.length + (change.previous?.json.length ?? 0);
