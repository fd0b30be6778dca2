/** What plugins ask of the store about objects other than the one that is written. */
import type { Resource } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Store } from '../../store/contract.ts';
import { prefixOf } from '../object/keys.ts';

export interface StoredObjects {
  /** All objects of a kind, or those of one namespace, and at which revision that was so. */
  list<T extends KubeObject>(
    resource: Pick<Resource<T>, 'group' | 'plural' | 'namespaced' | 'object'>,
    namespace?: string,
  ): Promise<{ items: readonly T[]; revision: number }>;
  /** The newest revision whose write was acknowledged. */
  revision(): number;
}

export const storedObjects = (store: Pick<Store, 'list' | 'revision'>): StoredObjects => ({
  async list<T extends KubeObject>(
    resource: Pick<Resource<T>, 'group' | 'plural' | 'namespaced'>,
    namespace?: string,
  ) {
    const { entries, revision } = await store.list(prefixOf(resource, namespace));
    return { items: entries.map((entry) => entry.object as T), revision };
  },
  revision: () => store.revision(),
});
