/** Empties a namespace that was deleted, then lets it go. */
import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from '../../api/errors.ts';
import { customResourceDefinitions, namespaces, type Resource } from '../../api/resource.ts';
import type { CustomResourceDefinition, KubeObject, Namespace } from '../../api/types.ts';
import type { Client, Informer } from '../../client/contract.ts';
import { resourcesOf } from '../customKinds.ts';
import { namespacedKinds, watchedKinds } from '../kinds.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { nextToGo, type Remaining, statusOf } from './desired.ts';

export const namespace: Controller = {
  name: 'namespace-controller',
  concurrency: 4,
  // A burst of objects that go is one look at what is left.
  restMs: 20,
  start(context) {
    const known = context.watch(namespaces, itself);
    const definitions = context.look(customResourceDefinitions);
    for (const resource of watchedKinds.filter((r) => r.namespaced))
      context.watch(resource, (now, before) => (now ? [] : endingNamespaceOf(known, before)));
    return async (key) => {
      const found = known.get(key);
      if (found?.metadata.deletionTimestamp) await empty(context, found, definitions);
    };
  },
};

function endingNamespaceOf(known: Informer<Namespace>, object: KubeObject | undefined): string[] {
  const name = object?.metadata.namespace ?? '';
  return known.get(name)?.metadata.deletionTimestamp ? [name] : [];
}

async function empty(
  context: Context,
  found: Namespace,
  definitions: Informer<CustomResourceDefinition>,
): Promise<void> {
  const { client, clock } = context;
  const { name } = found.metadata;
  const custom = [...resourcesOf(definitions)].filter((resource) => resource.namespaced);
  const remaining = await contentOf(client, name, [...namespacedKinds, ...custom]);
  const next = nextToGo(remaining);
  for (const { resource, objects } of next) await remove(client, resource, objects);
  if (next.length === 0) return release(client, found);
  const status = statusOf(found, remaining, clock.now());
  if (!isDeepStrictEqual(status, found.status))
    await client.update(namespaces, { ...found, status }, 'status').catch(unlessConflict);
  // What has no informer, and what went without waiting, is not told.
  context.again(name, 500);
}

const contentOf = (client: Client, name: string, kinds: readonly Resource[]): Promise<Remaining[]> =>
  Promise.all(
    kinds.map(async (resource) => ({ resource, objects: await objectsOf(client, resource, name) })),
  );

/** A kind whose definition has just gone has no objects. */
async function objectsOf(client: Client, resource: Resource, namespace: string): Promise<KubeObject[]> {
  try {
    return (await client.list(resource, { namespace })).items;
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}

async function remove(client: Client, resource: Resource, objects: readonly KubeObject[]): Promise<void> {
  for (const { metadata } of objects) {
    if (metadata.deletionTimestamp) continue;
    try {
      await client.delete(
        resource,
        { name: metadata.name, namespace: metadata.namespace ?? '' },
        { propagationPolicy: 'Background' },
      );
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

/** https://kubernetes.io/docs/tasks/administer-cluster/namespaces/ */
async function release(client: Client, found: Namespace): Promise<void> {
  const finalizers = (found.spec?.finalizers ?? []).filter((f) => f !== 'kubernetes');
  if (finalizers.length === (found.spec?.finalizers ?? []).length) return;
  try {
    await client.update(namespaces, { ...found, spec: { ...found.spec, finalizers } }, 'finalize');
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/** The status only tells people; the next look writes it again. */
function unlessConflict(err: unknown): void {
  if (!isConflict(err) && !isNotFound(err)) throw err;
}
