/**
 * List, then watch from there, and again from the last seen version when the connection is lost: what
 * client-go calls a reflector and a shared informer in one. A server that is away for a while costs
 * nothing but waiting: what is known stays.
 */
import { isExpired } from '../api/errors.ts';
import type { Resource } from '../api/resource.ts';
import type { KubeObject, WatchEvent } from '../api/types.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { type Client, type Informer, keyOf, type ListQuery } from './contract.ts';

const log = logger('informer');

export interface InformerOptions<T> extends Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  /** Names of indexes, and under which values an object stands in each. */
  indexes?: Record<string, (object: T) => readonly string[]>;
  signal: AbortSignal;
  clock?: Clock;
}

/** Starts at once. Its end is the signal's. */
export function informer<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  { indexes = {}, signal, clock = systemClock, ...query }: InformerOptions<T>,
): Informer<T> {
  const cache = new Cache<T>(indexes);
  void follow(client, resource, { ...query, signal, clock, keep: (object) => object, sink: cache });
  return cache;
}

export interface Reflection<T, Kept>
  extends Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  /** What is to be remembered of an object of a list: the less, the less memory a long list needs. */
  keep: (object: T) => Kept;
  sink: {
    /** All that there is now. */
    replace(kept: readonly Kept[]): void;
    /** What happened since. */
    apply(event: WatchEvent<T>): void;
  };
  /** Lists come in pieces of so many. */
  pageSize?: number;
  signal: AbortSignal;
  clock?: Clock;
}

/** An {@link informer} for those who keep something else than objects. Resolves at the signal. */
export const reflect = <T extends KubeObject, Kept>(
  client: Client,
  resource: Resource<T>,
  { clock = systemClock, ...reflection }: Reflection<T, Kept>,
): Promise<void> => follow(client, resource, { ...reflection, clock });

const firstDelayMs = 20;
/** Everything is near: a server that comes back is found again soon. */
const longestDelayMs = 250;

async function follow<T extends KubeObject, Kept>(
  client: Client,
  resource: Resource<T>,
  { keep, sink, pageSize, signal, clock, ...query }: Reflection<T, Kept> & { clock: Clock },
): Promise<void> {
  let version: string | undefined;
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const listed = await listAll(
          client,
          resource,
          { ...query, ...(pageSize && { limit: pageSize }) },
          keep,
        );
        if (signal.aborted) return;
        sink.replace(listed.kept);
        version = listed.version;
      }
      const watch = { ...query, resourceVersion: version, allowWatchBookmarks: true, signal };
      for await (const event of client.watch(resource, watch)) {
        version = event.object.metadata.resourceVersion ?? version;
        sink.apply(event);
        delayMs = firstDelayMs;
      }
    } catch (err) {
      if (signal.aborted) return;
      if (isExpired(err)) {
        version = undefined;
        continue;
      }
      log.debug({ resource: resource.plural, err: String(err) }, 'the watch was lost and is taken up again');
    }
    await clock.sleep(delayMs * (0.75 + Math.random() / 2), signal);
    delayMs = Math.min(delayMs * 2, longestDelayMs);
  }
}

async function listAll<T extends KubeObject, Kept>(
  client: Client,
  resource: Resource<T>,
  query: ListQuery,
  keep: (object: T) => Kept,
): Promise<{ kept: Kept[]; version: string }> {
  const kept: Kept[] = [];
  let next: string | undefined;
  let version: string | undefined;
  do {
    const list = await client.list(resource, { ...query, ...(next && { continue: next }) });
    for (const object of list.items) kept.push(keep(object));
    // All pages are of the first one's version.
    version ??= list.metadata.resourceVersion;
    next = list.metadata.continue;
  } while (next);
  return { kept, version: version ?? '0' };
}

type Listener<T> = (now: T | undefined, before: T | undefined) => void;

class Cache<T extends KubeObject> implements Informer<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: {
    name: string;
    valuesOf: (object: T) => readonly string[];
    keys: Map<string, Set<string>>;
  }[];
  readonly #listeners: Listener<T>[] = [];
  readonly #synced = Promise.withResolvers<void>();
  readonly synced = this.#synced.promise;
  hasSynced = false;

  constructor(indexes: Record<string, (object: T) => readonly string[]>) {
    this.#indexes = Object.entries(indexes).map(([name, valuesOf]) => ({ name, valuesOf, keys: new Map() }));
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): IterableIterator<T> {
    return this.#objects.values();
  }

  by(index: string, value: string): T[] {
    const found = this.#indexes.find((i) => i.name === index);
    if (!found) throw new Error(`Cannot look up by ${index}: the informer has no such index`);
    return [...(found.keys.get(value) ?? [])].map((key) => this.#objects.get(key) as T);
  }

  onChange(listener: Listener<T>): void {
    this.#listeners.push(listener);
    for (const object of this.#objects.values()) listener(object, undefined);
  }

  replace(objects: readonly T[]): void {
    const gone = new Set(this.#objects.keys());
    for (const object of objects) {
      gone.delete(keyOf(object));
      this.#put(object);
    }
    for (const key of gone) this.#drop(key);
    this.hasSynced = true;
    this.#synced.resolve();
  }

  apply(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') this.#drop(keyOf(event.object));
    else this.#put(event.object);
  }

  #put(object: T): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before && before.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#reindex(key, before, object);
    this.#objects.set(key, object);
    this.#tell(object, before);
  }

  #drop(key: string): void {
    const before = this.#objects.get(key);
    if (!before) return;
    this.#reindex(key, before, undefined);
    this.#objects.delete(key);
    this.#tell(undefined, before);
  }

  #reindex(key: string, before: T | undefined, now: T | undefined): void {
    for (const { valuesOf, keys } of this.#indexes) {
      if (before) {
        for (const value of valuesOf(before)) {
          const set = keys.get(value);
          set?.delete(key);
          if (set?.size === 0) keys.delete(value);
        }
      }
      if (!now) continue;
      for (const value of valuesOf(now)) {
        const set = keys.get(value);
        if (set) set.add(key);
        else keys.set(value, new Set([key]));
      }
    }
  }

  #tell(now: T | undefined, before: T | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(now, before);
      } catch (err) {
        log.error({ err }, 'a listener failed');
      }
    }
  }
}
