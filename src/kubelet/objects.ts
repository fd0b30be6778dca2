/**
 * ConfigMaps, Secrets, claims and volumes that pods on this node use: each is watched by its own name while somebody holds
 * it, so that a node never sees more of them than its pods need.
 */
import type { Resource } from '../api/resource.ts';
import { qualifiedName } from '../api/resource.ts';
import type { KubeObject } from '../api/types.ts';
import type { Client, Informer } from '../client/contract.ts';
import { informer } from '../client/informer.ts';

export interface WatchedObjects {
  /** The newest known; undefined if there is none. No namespace for a PersistentVolume; `holder` is a pod's uid. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
    holder: string,
  ): Promise<T | undefined>;
  release(holder: string): void;
  /** Called when something that the holder has asked for changed. */
  onChange(listener: (holder: string) => void): void;
}

interface Watched {
  informer: Informer<KubeObject>;
  holders: Set<string>;
  stop: AbortController;
}

export function watchedObjects(client: Client, signal: AbortSignal): WatchedObjects {
  const watched = new Map<string, Watched>();
  const listeners: ((holder: string) => void)[] = [];

  function follow(resource: Resource, namespace: string, name: string): Watched {
    const stop = new AbortController();
    const one: Watched = {
      informer: informer(client, resource, {
        ...(resource.namespaced && { namespace }),
        fieldSelector: `metadata.name=${name}`,
        signal: AbortSignal.any([signal, stop.signal]),
      }),
      holders: new Set(),
      stop,
    };
    one.informer.onChange(() => {
      if (!one.informer.hasSynced) return;
      for (const holder of one.holders) for (const listener of listeners) listener(holder);
    });
    return one;
  }

  return {
    async get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string, holder: string) {
      const key = `${qualifiedName(resource)}/${namespace}/${name}`;
      const one = watched.get(key) ?? follow(resource as Resource, namespace, name);
      watched.set(key, one);
      one.holders.add(holder);
      await one.informer.synced;
      return one.informer.get(resource.namespaced ? `${namespace}/${name}` : name) as T | undefined;
    },
    release(holder) {
      for (const [key, one] of watched) {
        if (!one.holders.delete(holder) || one.holders.size > 0) continue;
        one.stop.abort();
        watched.delete(key);
      }
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
