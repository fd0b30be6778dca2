/**
 * What the API server needs of a store: one log of changes with etcd's semantics. Every store passes
 * `contract.ts` in this folder's tests.
 *
 * A key is a path, `/services/default/web`; an object that a store gave out is shared and never changed.
 * Reads are consistent: a read that begins after a write was acknowledged sees it. A write is
 * acknowledged only when it would survive `kill -9`.
 */
import type { KubeObject } from '../api/types.ts';

/** The object as it was at `revision`; `metadata.resourceVersion` inside says the same number. */
export interface Entry {
  readonly key: string;
  readonly object: KubeObject;
  /** The object as JSON text, made once and shared by every answer and watch. */
  readonly json: string;
  /** When it was written last. */
  readonly revision: number;
}

export interface Change {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: number;
  /** After a put, the new entry; after a delete, the last object with the delete's own resourceVersion. */
  readonly entry: Entry;
  /** What stood there before; absent when the key is new. */
  readonly previous?: Entry;
}

export interface ListOptions {
  /** At most so many entries; the rest is reached with `startAfter`. */
  limit?: number;
  /** Only keys after this one. */
  startAfter?: string;
  /** As it was at this revision; the newest when absent. Throws {@link Compacted}. */
  revision?: number;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** The revision that the listing shows. */
  readonly revision: number;
  /** How many entries come after the last one; 0 at the end. */
  readonly remaining: number;
}

/** One write of several that are made together; without an object the key is removed. */
export interface StoreWrite {
  readonly key: string;
  readonly object?: KubeObject;
  /** As for {@link Store.put}. */
  readonly expected: number;
}

export interface WatchStream extends AsyncIterable<Change[] | { progress: number }> {
  /** Ends the iteration. */
  close(): void;
}

export interface Store {
  /** The newest revision whose write was acknowledged. */
  revision(): number;
  get(key: string): Promise<Entry | undefined>;
  /** Entries whose keys begin with `prefix`, in the order of their keys. */
  list(prefix: string, options?: ListOptions): Promise<Listing>;
  /**
   * Writes the object if the key's last write was at `expected` (0: there is no such key) and resolves
   * with what was written; `metadata.resourceVersion` is set by the store. Otherwise rejects with
   * {@link Mismatch}, and nothing is written.
   */
  put(key: string, object: KubeObject, expected: number, options?: { ttlSeconds?: number }): Promise<Entry>;
  /** Removes the key if its last write was at `expected`; resolves with the last object. */
  delete(key: string, expected: number): Promise<Entry>;
  /**
   * All of these writes in one commit, in this order, or none of them: when one key was written in between,
   * rejects with its {@link Mismatch}. No key may come twice.
   */
  commit(writes: readonly StoreWrite[]): Promise<Entry[]>;
  /**
   * Every change below `prefix` after `revision`, in order, batched as they come. Throws {@link Compacted}
   * at once when that is too long ago. A watcher that falls behind is ended with {@link TooSlow}.
   * `{ progress }` tells that everything up to that revision has been seen.
   */
  watch(prefix: string, afterRevision: number): WatchStream;
  /** Forgets what was overwritten or deleted before `revision`. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

/** The key was written by somebody else in between; `actual` is what stands there now, if anything does. */
export class Mismatch extends Error {
  readonly key: string;
  readonly actual: Entry | undefined;
  constructor(key: string, actual: Entry | undefined) {
    super(`Cannot write ${key}: it was changed in between`);
    this.name = 'Mismatch';
    this.key = key;
    this.actual = actual;
  }
}

/** The revision that was asked for is no longer known. */
export class Compacted extends Error {
  readonly oldest: number;
  constructor(asked: number, oldest: number) {
    super(`too old resource version: ${asked} (${oldest})`);
    this.name = 'Compacted';
    this.oldest = oldest;
  }
}

/** The watcher did not read for too long and was let go, so that the server's memory is safe. */
export class TooSlow extends Error {
  constructor() {
    super('the watcher is too slow: too many changes are waiting for it');
    this.name = 'TooSlow';
  }
}
