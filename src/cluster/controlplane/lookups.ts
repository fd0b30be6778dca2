/** Single objects, straight from the store: what admission and authentication ask for in the middle of a request. */
import {
  endpointSlices,
  namespaces,
  nodes,
  pods,
  type Resource,
  secrets,
  serviceAccounts,
  services,
} from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { keyOf, prefixOf } from '../../apiserver/index.ts';
import type { Store } from '../../store/index.ts';

export function lookups(store: Store) {
  const one = async <T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string) =>
    (await store.get(keyOf(resource, namespace, name)))?.object as T | undefined;
  const of =
    <T extends KubeObject>(resource: Resource<T>) =>
    (namespace: string, name: string) =>
      one(resource, name, namespace);
  return {
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
    services: async () => {
      const { entries } = await store.list(prefixOf(services));
      return entries.map((entry) => entry.object as NonNullable<typeof services.object>);
    },
  };
}
