/**
 * Collects what nobody owns any more. The graph is the informers' own index by owner: an object that
 * went is looked up there, and so are the dependents of one that waits for them.
 */
import { isNotFound } from '../../api/errors.ts';
import { qualifiedName, type Resource } from '../../api/resource.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { informer as startInformer } from '../../client/informer.ts';
import { customKinds } from '../customKinds.ts';
import { kindOf, watchedKinds } from '../kinds.ts';
import type { Context, Controller } from '../loop.ts';
import {
  blocks,
  finalizer,
  hasFinalizer,
  isEnding,
  type OwnerState,
  verdict,
  waitsForDependents,
  withoutFinalizer,
  withoutOwner,
} from './desired.ts';

/** A key is `deployments.apps default/web`. */
const keyFor = (resource: Resource, object: KubeObject): string =>
  `${qualifiedName(resource)} ${keyOf(object)}`;

interface Watched {
  resource: Resource;
  informer: Informer<KubeObject>;
  /** Aborted when the kind's definition went, and all its objects before it. */
  gone?: AbortSignal;
}

interface Graph {
  informers: Map<string, Watched>;
  dependentsOf(uid: string): { resource: Resource; object: KubeObject }[];
  /** The kind that a reference names, built in or not. */
  kindOf(reference: Pick<OwnerReference, 'apiVersion' | 'kind'>): Resource | undefined;
  /** Keys of objects whose owner's kind is not known here, and may be some day. */
  waiting: Set<string>;
}

const byOwner = { owner: (object: KubeObject) => object.metadata.ownerReferences?.map((r) => r.uid) ?? [] };

export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  concurrency: 8,
  start(context) {
    const { client, clock } = context;
    const graph: Graph = {
      informers: new Map(),
      dependentsOf: (uid) => dependentsOf(graph, uid),
      kindOf: (reference) => kindOf(reference) ?? custom.find(reference),
      waiting: new Set(),
    };
    const synced = new Set<Promise<unknown>>();
    const custom = customKinds(context, (resource, { gone, signal }) => {
      const informer = startInformer(client, resource, { indexes: byOwner, signal, clock });
      const name = qualifiedName(resource);
      const entry = { resource, informer, gone };
      // The last objects may have gone unseen.
      gone.addEventListener('abort', () => {
        for (const key of dependentsOfKind(graph, resource)) context.add(key);
      });
      graph.informers.set(name, entry);
      informer.onChange((now, before) => {
        if (!signal.aborted) for (const key of affected(graph, resource, now, before)) context.add(key);
      });
      const when = (over: AbortSignal) =>
        new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
      void when(signal).then(() => graph.informers.get(name) === entry && graph.informers.delete(name));
      const known = Promise.race([informer.synced, when(gone), when(signal)]).finally(() =>
        synced.delete(known),
      );
      synced.add(known);
      for (const key of graph.waiting) context.add(key);
      graph.waiting.clear();
    });
    for (const resource of watchedKinds) {
      const informer = context.watch(resource, (now, before) => affected(graph, resource, now, before));
      graph.informers.set(qualifiedName(resource), { resource, informer });
    }
    return async (key) => {
      await Promise.all(synced);
      const [kind = '', name = ''] = key.split(' ');
      const found = graph.informers.get(kind);
      const object = found?.informer.get(name);
      if (found && object) await collect(context, graph, found.resource, object);
    };
  },
};

function* affected(
  graph: Graph,
  resource: Resource,
  now: KubeObject | undefined,
  before: KubeObject | undefined,
): Iterable<string> {
  const object = now ?? before;
  if (!object) return;
  const { uid = '', ownerReferences } = object.metadata;
  const isGone = !now || (before && before.metadata.uid !== uid);
  const goneUid = isGone ? (before?.metadata.uid ?? '') : '';
  if (isGone) {
    for (const d of graph.dependentsOf(goneUid)) yield keyFor(d.resource, d.object);
    // An owner that waited for this one may go now.
    yield* ownersOf(graph, before);
  }
  if (!now) return;
  if (isEnding(now) && (hasFinalizer(now, finalizer.foreground) || hasFinalizer(now, finalizer.orphan)))
    yield keyFor(resource, now);
  if (ownerReferences?.length && ownerReferences !== before?.metadata.ownerReferences) {
    yield keyFor(resource, now);
    if (before) yield* ownersOf(graph, before);
  }
}

function* ownersOf(graph: Graph, object: KubeObject | undefined): Iterable<string> {
  for (const reference of object?.metadata.ownerReferences ?? []) {
    const resource = graph.kindOf(reference);
    const namespace = resource?.namespaced ? object?.metadata.namespace : undefined;
    if (resource) yield `${qualifiedName(resource)} ${namespace ? `${namespace}/` : ''}${reference.name}`;
  }
}

function dependentsOf({ informers }: Graph, uid: string) {
  const found: { resource: Resource; object: KubeObject }[] = [];
  if (uid === '') return found;
  for (const { resource, informer } of informers.values())
    for (const object of informer.by('owner', uid)) found.push({ resource, object });
  return found;
}

function* dependentsOfKind({ informers }: Graph, { group, kind }: Resource): Generator<string> {
  const isOf = (r: OwnerReference) => r.kind === kind && r.apiVersion.startsWith(`${group}/`);
  for (const { resource, informer } of informers.values())
    for (const object of informer.list())
      if (object.metadata.ownerReferences?.some(isOf)) yield keyFor(resource, object);
}

async function collect(
  context: Context,
  graph: Graph,
  resource: Resource,
  object: KubeObject,
): Promise<void> {
  if (isEnding(object)) {
    if (hasFinalizer(object, finalizer.orphan)) await orphan(context, graph, resource, object);
    else if (waitsForDependents(object)) await endInForeground(context, graph, resource, object);
    return;
  }
  const references = object.metadata.ownerReferences ?? [];
  const states = new Map<OwnerReference, OwnerState>();
  for (const reference of references)
    states.set(reference, await ownerState(context, graph, object, reference));
  if ([...states.values()].includes('unknown')) graph.waiting.add(keyFor(resource, object));
  const hasDependents = graph.dependentsOf(object.metadata.uid ?? '').length > 0;
  const next = verdict(object, (r) => states.get(r) ?? 'unknown', hasDependents);
  if (next.do === 'nothing') return;
  await quietly(async () => {
    const { ownerReferences: _, ...metadata } = object.metadata;
    if (next.do === 'unlink')
      await context.client.update(resource, {
        ...object,
        metadata: { ...metadata, ownerReferences: next.ownerReferences },
      });
    else
      await context.client.delete(resource, targetOf(object), {
        propagationPolicy: next.propagationPolicy,
        preconditions: { uid: object.metadata.uid ?? '' },
      });
  });
}

/** An owner that is not known is asked for at the server: the informer may only be behind. */
async function ownerState(
  { client }: Context,
  graph: Graph,
  object: KubeObject,
  reference: OwnerReference,
): Promise<OwnerState> {
  const resource = graph.kindOf(reference);
  const watched = resource && graph.informers.get(qualifiedName(resource));
  if (!watched) return 'unknown';
  if (watched.gone?.aborted) return 'absent';
  const { informer } = watched;
  const namespace = resource.namespaced ? object.metadata.namespace : undefined;
  const known = informer.get(namespace ? `${namespace}/${reference.name}` : reference.name);
  if (known?.metadata.uid === reference.uid) return waitsForDependents(known) ? 'waiting' : 'solid';
  try {
    const owner = await client.get(resource, reference.name, namespace);
    if (owner.metadata.uid !== reference.uid) return 'absent';
    return waitsForDependents(owner) ? 'waiting' : 'solid';
  } catch (err) {
    if (isNotFound(err)) return 'absent';
    throw err;
  }
}

async function orphan(context: Context, graph: Graph, resource: Resource, owner: KubeObject): Promise<void> {
  const { uid = '' } = owner.metadata;
  for (const d of graph.dependentsOf(uid))
    await quietly(() => context.client.update(d.resource, withoutOwner(d.object, uid)));
  await quietly(() => context.client.update(resource, withoutFinalizer(owner, finalizer.orphan)));
}

async function endInForeground(
  { client, add }: Context,
  graph: Graph,
  resource: Resource,
  owner: KubeObject,
): Promise<void> {
  const dependents = graph.dependentsOf(owner.metadata.uid ?? '');
  for (const d of dependents) if (!isEnding(d.object)) add(keyFor(d.resource, d.object));
  if (dependents.some((d) => blocks(d.object, owner))) return;
  await quietly(() => client.update(resource, withoutFinalizer(owner, finalizer.foreground)));
}

/** What is gone already needs no collecting. */
async function quietly(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

const targetOf = ({ metadata: { name, namespace } }: KubeObject) => ({
  name,
  ...(namespace && { namespace }),
});
