/**
 * How components speak with the API. A {@link Client} is the same over HTTPS (`http.ts`) and inside the
 * control plane's own process (the API server's local transport): objects it gives out may be shared
 * and are never changed; make a new one instead.
 */
import type { Resource } from '../api/resource.ts';
import type { KubeObject, List, WatchEvent } from '../api/types.ts';

export interface ListQuery {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  limit?: number;
  continue?: string;
}

export interface WatchQuery extends ListQuery {
  allowWatchBookmarks?: boolean;
  signal: AbortSignal;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
}

export type PatchType = 'json' | 'merge' | 'strategic';

/** Failures are `StatusError`s of `api/errors.ts`; anything else means that the server could not be reached. */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, query?: ListQuery): Promise<List<T>>;
  /** Ends when the server ends it; throws `StatusError` 410 when the resourceVersion is too old. */
  watch<T extends KubeObject>(resource: Resource<T>, query: WatchQuery): AsyncIterable<WatchEvent<T>>;
  /** The namespace is the object's own. */
  create<T extends KubeObject>(resource: Resource<T>, object: NoInfer<Draft<T>>): Promise<T>;
  /** Conflicts (409) unless `metadata.resourceVersion` is the newest or left out. */
  update<T extends KubeObject>(resource: Resource<T>, object: T, subresource?: string): Promise<T>;
  /** A merge patch (RFC 7386) unless another type is asked for. */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    target: { name: string; namespace?: string },
    patch: unknown,
    options?: { type?: PatchType; subresource?: string },
  ): Promise<T>;
  delete(
    resource: Resource,
    target: { name: string; namespace?: string },
    options?: DeleteOptions,
  ): Promise<void>;
  /** POST to a subresource that answers something else: `pods/binding`, `serviceaccounts/token`. */
  post<Answer>(
    resource: Resource,
    target: { name: string; namespace?: string },
    subresource: string,
    body: unknown,
  ): Promise<Answer>;
}

/** An object to be created: its name may come from `generateName`. */
export type Draft<T extends KubeObject> = Omit<T, 'metadata' | 'object'> & {
  metadata: Omit<T['metadata'], 'name'> & { name?: string };
};

/** A watched, indexed copy of all objects that a query matches. */
export interface Informer<T extends KubeObject> {
  /** Resolves when the first list is in. */
  readonly synced: Promise<void>;
  readonly hasSynced: boolean;
  /** By `name` or `namespace/name`. */
  get(key: string): T | undefined;
  list(): IterableIterator<T>;
  /** Objects that the index function of this name put under `value`. */
  by(index: string, value: string): T[];
  /** Called in order, for what is known already too (as `undefined → object`). */
  onChange(listener: (now: T | undefined, before: T | undefined) => void): void;
}

/** `name` or `namespace/name` */
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;
