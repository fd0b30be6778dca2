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
import { keyOf } from '../../apiserver/index.ts';
import type { Store } from '../../store/index.ts';

export function lookups(store: Store) {
  const one = async <T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string) =>
    (await store.get(keyOf(resource, namespace, name)))?.object as T | undefined;
  const stored = storedObjects(store);
  const all = async <T extends KubeObject>(resource: Resource<T>, namespace?: string) =>
    (await stored.list(resource, namespace)).items;
  const of =
    <T extends KubeObject>(resource: Resource<T>) =>
    (namespace: string, name: string) =>
      one(resource, name, namespace);
  return {
    ...stored,
    namespace: (name: string) => one(namespaces, name),
    node: (name: string) => one(nodes, name),
    pod: of(pods),
    secret: of(secrets),
    serviceAccount: of(serviceAccounts),
    service: of(services),
    endpointSlices: async (namespace: string, service: string) =>
      (await all(endpointSlices, namespace)).filter(
        ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service,
      ),
    storageClasses: () => all(storageClasses),
    services: () => all(services),
    ipAddresses: () => all(ipAddresses),
    serviceRanges: () => all(serviceCIDRs),
  };
}
