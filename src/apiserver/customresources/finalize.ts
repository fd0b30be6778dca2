/** The objects of a definition that goes, go before it. */
import { isNotFound } from '../../api/errors.ts';
import type { Resource } from '../../api/resource.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Store } from '../../store/contract.ts';
import { prefixOf } from '../object/keys.ts';

interface Tools {
  store: Store;
  client: Client;
  signal: AbortSignal;
}

/** Resolves when none is left. */
export async function removeInstances(crd: CustomResourceDefinition, tools: Tools): Promise<void> {
  const { store, signal } = tools;
  const { group, names, scope, versions } = crd.spec;
  const version = versions.find((one) => one.served)?.name ?? '';
  const resource = {
    group,
    version,
    kind: names.kind,
    plural: names.plural,
    namespaced: scope === 'Namespaced',
  };
  const prefix = prefixOf(resource);
  while (!signal.aborted) {
    const { entries, revision } = await store.list(prefix);
    if (entries.length === 0) return;
    await Promise.all(entries.map(({ object }) => remove(object, resource, tools)));
    await nextDeletion(prefix, revision, tools);
  }
}

async function remove({ metadata }: KubeObject, resource: Resource, { client }: Tools): Promise<void> {
  const { name, namespace, deletionTimestamp } = metadata;
  if (deletionTimestamp) return;
  try {
    await client.delete(resource, { name, ...(namespace && { namespace }) });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/** Resolves when something below the prefix went after the revision, or somebody was created meanwhile. */
async function nextDeletion(prefix: string, revision: number, { store, signal }: Tools): Promise<void> {
  const stream = store.watch(prefix, revision);
  const end = () => stream.close();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  for await (const item of stream)
    if (Array.isArray(item) && item.some(({ type, previous }) => type === 'delete' || !previous)) break;
  stream.close();
  signal.removeEventListener('abort', end);
}
