/**
 * One watch: a place in the shared history, no queue of its own. While its reader waits it has seen
 * everything; when the reader comes back later it reads on from its place, and when the history
 * has moved past that place the watch is over. So a thousand slow readers cost no more than the history.
 */
import { type Change, TooSlow, type WatchStream } from './contract.ts';
import type { History } from './history.ts';

/** More would keep the reader from giving the event loop back. */
const batchChanges = 500;

type Item = Change[] | { progress: number };
type Read = IteratorResult<Item, undefined>;

export class Watcher implements WatchStream {
  readonly prefix: string;
  readonly #history: History;
  readonly #onClose: (watcher: Watcher) => void;
  #seen: number;
  #told: number;
  #closed = false;
  #reader: ((read: Read) => void) | undefined;

  constructor(prefix: string, afterRevision: number, history: History, onClose: (watcher: Watcher) => void) {
    this.prefix = prefix;
    this.#seen = afterRevision;
    this.#told = afterRevision;
    this.#history = history;
    this.#onClose = onClose;
  }

  /** Hands changes of this prefix to a reader that waits; one that does not will find them in the history. */
  notify(changes: Change[], revision: number): void {
    if (!this.#reader || revision <= this.#seen) return;
    // A watch may have been asked to begin in the future.
    const fresh = changes.filter((change) => change.revision > this.#seen);
    this.#seen = revision;
    if (fresh.length > 0) this.#hand(fresh, revision);
  }

  /** Tells a reader that waits how far it has seen. */
  progress(revision: number): void {
    if (!this.#reader || revision <= this.#told) return;
    this.#seen = revision;
    this.#hand({ progress: revision }, revision);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    return {
      next: () => this.#read(),
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #read(): Promise<Read> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#seen < this.#history.oldest) {
      this.close();
      return Promise.reject(new TooSlow());
    }
    const { changes, seen } = this.#history.after(this.#seen, this.prefix, batchChanges);
    this.#seen = seen;
    if (changes.length === 0) return new Promise((resolve) => (this.#reader = resolve));
    this.#told = seen;
    return Promise.resolve({ done: false, value: changes });
  }

  #hand(value: Item, revision: number): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#told = revision;
    reader?.({ done: false, value });
  }
}
