/**
 * Keeps the kinds that are served as the store's definitions say: by watching it, so that every API
 * server over one store serves the same. A definition is Established only when it is served here.
 */
import { cleanupFinalizer } from '../../api/apiextensions/customresourcedefinition/kind.ts';
import { schemaOf } from '../../api/apiextensions/customresourcedefinition/schemas.ts';
import { hasRules } from '../../api/jsonschema/rules.ts';
import type { Schema } from '../../api/jsonschema/schema.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { customResourceDefinitions } from '../../api/resource.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import { type Change, Mismatch, type Store } from '../../store/contract.ts';
import { keyOf, prefixOf } from '../object/keys.ts';
import { without } from '../object/without.ts';
import type { AskWebhook } from '../webhooks/client.ts';
import { converterOf } from './conversion.ts';
import { removeInstances } from './finalize.ts';
import { type CheckRules, kindsOf } from './kinds.ts';
import { isTrue, sameStatus, statusAfter, takenBy } from './naming.ts';

const log = logger('customresources');

export interface FollowOptions {
  store: Store;
  kinds: KindRegistry;
  /** Deletes the objects of a definition that goes. */
  client: Client;
  clock: Clock;
  askWebhook: AskWebhook;
  signal: AbortSignal;
}

export interface CustomResources {
  /** Resolves when everything that the store defines is served. */
  readonly ready: Promise<void>;
  /** Resolves some time after the signal. */
  readonly ended: Promise<void>;
}

const prefix = prefixOf(customResourceDefinitions);
const retryMs = 100;

export function followCustomResources(options: FollowOptions): CustomResources {
  const ready = Promise.withResolvers<void>();
  const ended = follow(new Follower(options), options, ready.resolve);
  return { ready: ready.promise, ended };
}

async function follow(follower: Follower, options: FollowOptions, ready: () => void): Promise<void> {
  const { store, clock, signal } = options;
  while (!signal.aborted) {
    try {
      const { entries, revision } = await store.list(prefix);
      await follower.begin(entries.map((entry) => entry.object as CustomResourceDefinition));
      ready();
      const stream = store.watch(prefix, revision);
      const end = () => stream.close();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      for await (const item of stream)
        if (Array.isArray(item)) for (const change of item) await follower.change(change);
      signal.removeEventListener('abort', end);
    } catch (err) {
      log.warn({ err: String(err) }, 'the watch of definitions was lost and is taken up again');
      await clock.sleep(retryMs, signal);
    }
  }
}

class Follower {
  readonly #options: FollowOptions;
  readonly #known = new Map<string, CustomResourceDefinition>();
  readonly #ending = new Set<string>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  async begin(crds: readonly CustomResourceDefinition[]): Promise<void> {
    const names = new Set(crds.map((crd) => crd.metadata.name));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#forget(name);
    for (const crd of crds) this.#known.set(crd.metadata.name, crd);
    for (const crd of crds) await this.#attend(crd);
  }

  async change({ type, entry }: Change): Promise<void> {
    const crd = entry.object as CustomResourceDefinition;
    const before = this.#known.get(crd.metadata.name);
    if (type === 'delete') {
      this.#forget(crd.metadata.name);
      await this.#others(crd);
      return;
    }
    this.#known.set(crd.metadata.name, crd);
    if (before && sameStatus(relevant(before), relevant(crd))) return;
    await this.#attend(crd);
  }

  #forget(name: string): void {
    this.#known.delete(name);
    this.#options.kinds.replace(name, []);
  }

  /** Names that were taken may be free now. */
  async #others({ spec }: CustomResourceDefinition): Promise<void> {
    for (const other of this.#known.values())
      if (other.spec.group === spec.group && !isTrue(other.status?.conditions, 'NamesAccepted'))
        await this.#attend(other);
  }

  async #attend(crd: CustomResourceDefinition): Promise<void> {
    const { kinds, clock } = this.#options;
    const { name } = crd.metadata;
    try {
      const status = statusAfter(crd, this.#taken(crd), clock.now());
      const named = { ...crd, status };
      if (isTrue(status.conditions, 'Established')) {
        const rules = await rulesOf(named);
        kinds.replace(name, kindsOf(named, { convert: converterOf(named, this.#options.askWebhook), rules }));
      } else kinds.replace(name, []);
      if (!sameStatus(status, crd.status)) await this.#write(crd, named);
      if (isGoing(named)) this.#end(named);
    } catch (err) {
      if (!(err instanceof Mismatch)) log.error({ err, name }, 'a definition cannot be served');
    }
  }

  /** Whoever wrote in between is seen next. */
  async #write(old: CustomResourceDefinition, crd: CustomResourceDefinition): Promise<void> {
    const { store } = this.#options;
    const key = keyOf(customResourceDefinitions, undefined, crd.metadata.name);
    const entry = await store.put(key, crd, Number(old.metadata.resourceVersion));
    this.#known.set(crd.metadata.name, entry.object as CustomResourceDefinition);
  }

  #taken({ metadata, spec }: CustomResourceDefinition) {
    const others = [...this.#known.values()].filter(
      (other) => other.spec.group === spec.group && other.metadata.name !== metadata.name,
    );
    const builtin = this.#options.kinds
      .list()
      .filter(({ resource, schema }) => !schema && resource.group === spec.group)
      .map(({ resource, singular, shortNames = [] }) => ({
        ...resource,
        singular,
        shortNames: [...shortNames],
        listKind: `${resource.kind}List`,
      }));
    return takenBy([...others.map((other) => other.status?.acceptedNames ?? {}), ...builtin]);
  }

  /** In the background: objects with finalizers may take as long as they like. */
  #end(crd: CustomResourceDefinition): void {
    const { name, uid = '' } = crd.metadata;
    if (this.#ending.has(uid)) return;
    this.#ending.add(uid);
    void this.#removeAll(crd)
      .catch((err: unknown) => log.error({ err, name }, 'the objects of a definition cannot be removed'))
      .finally(() => this.#ending.delete(uid));
  }

  async #removeAll(crd: CustomResourceDefinition): Promise<void> {
    const { store, client, signal } = this.#options;
    await removeInstances(crd, { store, client, signal });
    const key = keyOf(customResourceDefinitions, undefined, crd.metadata.name);
    while (!signal.aborted) {
      const entry = await store.get(key);
      if (!entry || entry.object.metadata.uid !== crd.metadata.uid) return;
      try {
        const finalizers = (entry.object.metadata.finalizers ?? []).filter((f) => f !== cleanupFinalizer);
        if (finalizers.length === 0) await store.delete(key, entry.revision);
        else await store.put(key, withFinalizers(entry.object, finalizers), entry.revision);
        return;
      } catch (err) {
        if (!(err instanceof Mismatch)) throw err;
      }
    }
  }
}

/** Everything on which the kinds and the status depend. */
const relevant = ({ spec, status, metadata }: CustomResourceDefinition) => ({
  spec,
  status,
  ending: metadata.deletionTimestamp,
  finalizers: metadata.finalizers,
  uid: metadata.uid,
});

const isGoing = ({ metadata }: CustomResourceDefinition) =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(cleanupFinalizer) === true;

const withFinalizers = (object: KubeObject, finalizers: string[]): KubeObject => ({
  ...object,
  metadata: { ...without(object.metadata, 'finalizers'), finalizers },
});

/** CEL is loaded when the first schema has rules. */
async function rulesOf(crd: CustomResourceDefinition): Promise<ReadonlyMap<Schema, CheckRules>> {
  const schemas = crd.spec.versions.map(schemaOf).filter((schema) => schema !== undefined);
  const ruled = schemas.filter(hasRules);
  if (ruled.length === 0) return new Map();
  const { compileRules } = await import('./rules.ts');
  return new Map(ruled.map((schema) => [schema, compileRules(schema)]));
}
