/**
 * The store: everything in memory, one log of changes. A write goes through three steps: it takes the
 * next revision (compared with the newest write of its key, those in flight included), it waits for the
 * log, together with all others that wait, and then it becomes visible to reads, watches and its writer.
 */
import type { KubeObject } from '../api/types.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import {
  type Change,
  Compacted,
  type Entry,
  type Listing,
  type ListOptions,
  Mismatch,
  type Store,
  type StoreWrite,
  type WatchStream,
} from './contract.ts';
import { Expiry } from './expiry.ts';
import { History, type HistoryLimits } from './history.ts';
import type { LogRecord, Persister, SavedLog } from './persister.ts';
import { afterPrefix, SortedKeys } from './sortedKeys.ts';
import { Watcher } from './watcher.ts';

export interface EngineOptions {
  clock?: Clock;
  history?: HistoryLimits;
  /** How often an idle watch is told how far it has seen. */
  progressMs?: number;
}

const defaultLimits: HistoryLimits = { changes: 10_000, characters: 16 * 1024 * 1024 };
/** As often as Kubernetes sends bookmarks. */
const defaultProgressMs = 60_000;
/** The log is cleaned each time so many revisions have left the history. */
const compactEvery = 1000;

interface Write {
  readonly change: Change;
  readonly expiresAtMs: number | undefined;
  readonly done: (entry: Entry) => void;
  readonly failed: (error: Error) => void;
}

export class Engine implements Store {
  readonly #persister: Persister | undefined;
  readonly #clock: Clock;
  readonly #progressMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new SortedKeys();
  readonly #history: History;
  readonly #expiry: Expiry;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #closing = new AbortController();
  /** The newest write of a key that is not durable yet. */
  readonly #inFlight = new Map<string, Write>();
  #queue: Write[] = [];
  #drained: Promise<void> | undefined;
  #assigned: number;
  #revision: number;
  #compacted: number;
  #ticking = false;

  constructor(persister?: Persister, saved?: SavedLog, options: EngineOptions = {}) {
    this.#persister = persister;
    this.#clock = options.clock ?? systemClock;
    this.#progressMs = options.progressMs ?? defaultProgressMs;
    this.#expiry = new Expiry(this.#clock, (keys) => void this.#expire(keys));
    this.#compacted = saved?.compacted ?? 0;
    this.#history = new History(options.history ?? defaultLimits, this.#compacted);
    // Revision 0 means "no such key", and clients read resourceVersion "0" as "any": the first write is 2.
    this.#revision = Math.max(1, this.#compacted);
    for (const record of saved?.records ?? []) this.#restore(record);
    this.#assigned = this.#revision;
  }

  revision(): number {
    return this.#revision;
  }

  get(key: string): Promise<Entry | undefined> {
    return Promise.resolve(this.#entries.get(key));
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    const { limit, startAfter, revision = this.#revision } = options;
    if (revision < this.#history.oldest) throw new Compacted(revision, this.#history.oldest);
    // '\0' is the lowest character, so this is the first key after `startAfter`.
    const from = startAfter !== undefined && startAfter >= prefix ? `${startAfter}\0` : prefix;
    const then = revision < this.#revision ? this.#undone(prefix, revision) : undefined;
    if (then?.size) return this.#listThen(prefix, from, limit, revision, then);
    const { keys, remaining } = this.#keys.range(from, afterPrefix(prefix), limit);
    return { entries: keys.map((key) => this.#entries.get(key) as Entry), revision, remaining };
  }

  put(key: string, object: KubeObject, expected: number, options: { ttlSeconds?: number } = {}) {
    const ttl = options.ttlSeconds;
    const expiresAtMs = ttl === undefined ? undefined : this.#clock.now() + ttl * 1000;
    return this.#write(key, expected, expiresAtMs, (previous, revision) =>
      putting(key, object, previous, revision),
    );
  }

  async delete(key: string, expected: number): Promise<Entry> {
    if (expected === 0) throw new Mismatch(key, this.#entries.get(key));
    return this.#write(key, expected, undefined, (previous, revision) =>
      deletion(previous as Entry, revision),
    );
  }

  /** What is enqueued without a pause in between goes to the log in one batch. */
  async commit(writes: readonly StoreWrite[]): Promise<Entry[]> {
    for (;;) {
      this.#checkOpen(writes[0]?.key ?? '');
      const stale = writes.find((write) => this.#isStale(write));
      if (!stale) return Promise.all(writes.map((write) => this.#enqueue(this.#changeOf(write), undefined)));
      if (!this.#inFlight.has(stale.key)) throw new Mismatch(stale.key, this.#newest(stale.key));
      await this.#drained;
    }
  }

  #isStale({ key, object, expected }: StoreWrite): boolean {
    return (!object && expected === 0) || (this.#newest(key)?.revision ?? 0) !== expected;
  }

  #changeOf({ key, object }: StoreWrite): Change {
    const previous = this.#newest(key);
    const revision = ++this.#assigned;
    return object ? putting(key, object, previous, revision) : deletion(previous as Entry, revision);
  }

  watch(prefix: string, afterRevision: number): WatchStream {
    if (afterRevision < this.#history.oldest) throw new Compacted(afterRevision, this.#history.oldest);
    const watcher = new Watcher(prefix, afterRevision, this.#history, (gone) => this.#forgetWatcher(gone));
    const same = this.#watchers.get(prefix) ?? new Set();
    this.#watchers.set(prefix, same.add(watcher));
    if (!this.#ticking) void this.#tick();
    return watcher;
  }

  async compact(revision: number): Promise<void> {
    this.#history.forget(Math.min(revision, this.#revision));
    await this.#compactLog();
  }

  /** Removes what has expired while nobody was there to see it. */
  removeExpired(): Promise<void> {
    return this.#expire(this.#expiry.takeDue());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#expiry.close();
    for (const same of this.#watchers.values()) for (const watcher of same) watcher.close();
    await this.#drained;
    await this.#persister?.close();
  }

  async #write(
    key: string,
    expected: number,
    expiresAtMs: number | undefined,
    make: (previous: Entry | undefined, revision: number) => Change,
  ): Promise<Entry> {
    for (;;) {
      this.#checkOpen(key);
      const previous = this.#newest(key);
      if ((previous?.revision ?? 0) === expected)
        return this.#enqueue(make(previous, ++this.#assigned), expiresAtMs);
      // Whoever hears of a mismatch reads again, so what it lost against must be visible by then.
      if (!this.#inFlight.has(key)) throw new Mismatch(key, previous);
      await this.#drained;
    }
  }

  #checkOpen(key: string): void {
    if (this.#closing.signal.aborted) throw new Error(`Cannot write ${key}: the store is closed`);
  }

  /** What the key will be once everything in flight is durable. */
  #newest(key: string): Entry | undefined {
    const change = this.#inFlight.get(key)?.change;
    if (!change) return this.#entries.get(key);
    return change.type === 'put' ? change.entry : undefined;
  }

  #enqueue(change: Change, expiresAtMs: number | undefined): Promise<Entry> {
    return new Promise((done, failed) => {
      const write: Write = { change, expiresAtMs, done, failed };
      this.#queue.push(write);
      this.#inFlight.set(change.key, write);
      this.#drained ??= this.#drain();
    });
  }

  /** Group commit: whatever came while one batch was on its way to the disk is the next batch. */
  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#persister?.append(batch.map(recordOf));
        this.#apply(batch);
      } catch (cause) {
        // Later writes may have been compared with these.
        this.#fail([...batch, ...this.#queue], cause as Error);
      }
    }
    this.#drained = undefined;
  }

  #apply(batch: readonly Write[]): void {
    const changes = batch.map((write) => write.change);
    for (const write of batch) {
      if (this.#inFlight.get(write.change.key) === write) this.#inFlight.delete(write.change.key);
      this.#remember(write.change);
      this.#expiry.set(write.change.key, write.expiresAtMs);
    }
    this.#notify(changes);
    for (const write of batch) write.done(write.change.entry);
    if (this.#history.oldest - this.#compacted > compactEvery) void this.#compactLog().catch(() => {});
  }

  #fail(writes: readonly Write[], cause: Error): void {
    this.#queue = [];
    this.#inFlight.clear();
    for (const write of writes)
      write.failed(new Error(`Cannot write ${write.change.key}: ${cause.message}`, { cause }));
  }

  #remember(change: Change): void {
    const { key, entry, revision } = change;
    if (change.type === 'put') {
      if (!change.previous) this.#keys.add(key);
      this.#entries.set(key, entry);
    } else {
      this.#keys.delete(key);
      this.#entries.delete(key);
    }
    this.#revision = revision;
    this.#history.push(change);
  }

  /** One row of a saved log, at start. */
  #restore(record: LogRecord): void {
    const { key, revision, value, expiresAtMs } = record;
    const previous = this.#entries.get(key);
    if (value === null) {
      if (previous) this.#remember(deletion(previous, revision));
    } else {
      const entry: Entry = { key, object: JSON.parse(value) as KubeObject, json: value, revision };
      this.#remember({ type: 'put', key, revision, entry, ...(previous && { previous }) });
    }
    this.#revision = Math.max(this.#revision, revision);
    if (revision <= this.#compacted) this.#history.forget(this.#compacted);
    this.#expiry.set(key, expiresAtMs ?? undefined);
  }

  #notify(changes: Change[]): void {
    for (const [prefix, watchers] of this.#watchers) {
      const own = changes.filter((change) => change.key.startsWith(prefix));
      for (const watcher of watchers) watcher.notify(own, this.#revision);
    }
  }

  #forgetWatcher(watcher: Watcher): void {
    const same = this.#watchers.get(watcher.prefix);
    same?.delete(watcher);
    if (same?.size === 0) this.#watchers.delete(watcher.prefix);
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    while (!this.#closing.signal.aborted && this.#watchers.size > 0) {
      await this.#clock.sleep(this.#progressMs, this.#closing.signal);
      for (const same of this.#watchers.values())
        for (const watcher of same) watcher.progress(this.#revision);
    }
    this.#ticking = false;
  }

  /** What the keys that changed after `revision` were at it. */
  #undone(prefix: string, revision: number): Map<string, Entry | undefined> {
    const then = new Map<string, Entry | undefined>();
    for (const change of this.#history.after(revision, prefix).changes)
      if (!then.has(change.key)) then.set(change.key, change.previous);
    return then;
  }

  #listThen(
    prefix: string,
    from: string,
    limit = Infinity,
    revision: number,
    then: Map<string, Entry | undefined>,
  ): Listing {
    const keys = new Set(this.#keys.range(from, afterPrefix(prefix)).keys);
    for (const key of then.keys()) if (key >= from) keys.add(key);
    const entries: Entry[] = [];
    for (const key of [...keys].sort()) {
      const entry = then.has(key) ? then.get(key) : this.#entries.get(key);
      if (entry) entries.push(entry);
    }
    const remaining = Math.max(0, entries.length - limit);
    return { entries: entries.slice(0, limit), revision, remaining };
  }

  async #expire(keys: readonly string[]): Promise<void> {
    const removals = keys.map(async (key) => {
      const entry = this.#newest(key);
      // A write in between gave it a new end, so losing against one is as it should be.
      if (entry) await this.delete(key, entry.revision).catch(() => {});
    });
    await Promise.all(removals);
  }

  async #compactLog(): Promise<void> {
    const revision = this.#history.oldest;
    if (revision <= this.#compacted) return;
    this.#compacted = revision;
    await this.#persister?.compact(revision);
  }
}

function entryOf(key: string, object: KubeObject, revision: number): Entry {
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  return { key, object: stored, json: JSON.stringify(stored), revision };
}

const putting = (key: string, object: KubeObject, previous: Entry | undefined, revision: number): Change => ({
  type: 'put',
  key,
  revision,
  entry: entryOf(key, object, revision),
  ...(previous && { previous }),
});

const deletion = (previous: Entry, revision: number): Change => ({
  type: 'delete',
  key: previous.key,
  revision,
  entry: entryOf(previous.key, previous.object, revision),
  previous,
});

const recordOf = ({ change, expiresAtMs }: Write): LogRecord => ({
  revision: change.revision,
  key: change.key,
  value: change.type === 'put' ? change.entry.json : null,
  previous: change.previous?.revision ?? 0,
  expiresAtMs: expiresAtMs ?? null,
});
