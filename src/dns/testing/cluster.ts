/** A cluster that stands still, written as YAML: the API as far as a DNS server asks for it. */
import { parseAllDocuments } from 'yaml';
import type { Resource } from '../../api/resource.ts';
import type { KubeObject, List } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';

export function clusterOf(yaml: string): Client {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject);
  for (const [i, { metadata }] of objects.entries()) {
    metadata.resourceVersion = String(i + 1);
    if (!('namespace' in metadata)) metadata.namespace = 'default';
  }
  const refuse = () => Promise.reject(new Error('The DNS server only reads'));
  return {
    list: <T extends KubeObject>(resource: Resource) =>
      Promise.resolve({
        apiVersion: 'v1',
        kind: 'List',
        metadata: { resourceVersion: '100' },
        items: objects.filter(({ kind }) => kind === resource.kind) as T[],
      } satisfies List<T>),
    // oxlint-disable-next-line require-yield
    async *watch(_resource, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    get: refuse,
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
    post: refuse,
  };
}
