/** Single objects, straight from the store: what admission and authentication ask for in the middle of a request. */
import {
  endpointSlices,
  ipAddresses,
  namespaces,
  nodes,
  pods,
  type Resource,
  secrets,
  serviceAccounts,
  serviceCIDRs,
  services,
  storageClasses,
} from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { storedObjects } from '../../apiserver/admission/stored.ts';
import { keyOf, prefixOf } from '../../apiserver/index.ts';
import type { Store } from '../../store/index.ts';

export function lookups(store: Store) {
  const one = async <T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string) =>
    (await store.get(keyOf(resource, namespace, name)))?.object as T | undefined;
  const all = async <T extends KubeObject>(resource: Resource<T>) =>
    (await store.list(prefixOf(resource))).entries.map((entry) => entry.object as T);
  const of =
    <T extends KubeObject>(resource: Resource<T>) =>
    (namespace: string, name: string) =>
      one(resource, name, namespace);
  return {
    ...storedObjects(store),
    namespace: (name: string) => one(namespaces, name),
    node: (name: string) => one(nodes, name),
    pod: of(pods),
    secret: of(secrets),
    serviceAccount: of(serviceAccounts),
    service: of(services),
    endpointSlices: async (namespace: string, service: string) => {
      const { entries } = await store.list(prefixOf(endpointSlices, namespace));
      return entries
        .map((entry) => entry.object as NonNullable<typeof endpointSlices.object>)
        .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
    },
    storageClasses: async () => {
      const { entries } = await store.list(prefixOf(storageClasses));
      return entries.map((entry) => entry.object as NonNullable<typeof storageClasses.object>);
    },
    services: () => all(services),
    ipAddresses: () => all(ipAddresses),
    serviceRanges: () => all(serviceCIDRs),
  };
}
