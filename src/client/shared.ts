/**
 * One informer a kind, shared by everybody in a process: memory, and work on the server, are spent once.
 * An informer starts when it is first asked for. The indexes below are there for all of them.
 */
import { claimNamesOf } from '../api/core/pod/claims.ts';
import { serviceOf } from '../api/discovery/endpointslice/service.ts';
import { endpointSlices, pods, qualifiedName, type Resource, services } from '../api/resource.ts';
import type { EndpointSlice, KubeObject, Pod, Service } from '../api/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Client, Informer } from './contract.ts';
import { informer } from './informer.ts';

export interface Informers {
  of<T extends KubeObject>(resource: Resource<T>): Informer<T>;
}

type Index<T> = (object: T) => readonly string[];

/** Of every kind: by the namespace, by the uid of every owner; `orphan` has those that nobody controls, by namespace. */
const common: Record<string, Index<KubeObject>> = {
  namespace: (o) => [o.metadata.namespace ?? ''],
  owner: (o) => o.metadata.ownerReferences?.map((r) => r.uid) ?? [],
  orphan: (o) => (o.metadata.ownerReferences?.some((r) => r.controller) ? [] : [o.metadata.namespace ?? '']),
};

/** By the node, by every label: `namespace/key=value`, and by every claim: `namespace/name`. */
const ofPods: Record<string, Index<Pod>> = {
  node: (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []),
  label: (pod) => labelKeys(pod.metadata.namespace, pod.metadata.labels),
  claim: (pod) => claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`),
};

/** By one label of the selector: a pod finds its Services by looking its own labels up. */
const ofServices: Record<string, Index<Service>> = {
  selector: (service) => labelKeys(service.metadata.namespace, service.spec?.selector).slice(0, 1),
};

/** By the Service that a slice belongs to: `namespace/name`. */
const ofSlices: Record<string, Index<EndpointSlice>> = {
  service: (slice) => {
    const service = serviceOf(slice);
    return service === undefined ? [] : [service];
  },
};

/** `namespace/key=value` of every label, as the indexes `label` and `selector` know them. */
export const labelKeys = (namespace = '', labels: Record<string, string> = {}): string[] =>
  Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`);

export function sharedInformers(client: Client, options: { clock: Clock; signal: AbortSignal }): Informers {
  const known = new Map<string, Informer<KubeObject>>();
  const indexesOf = (resource: Resource): Record<string, Index<never>> => {
    if (resource === pods) return { ...common, ...ofPods };
    if (resource === services) return { ...common, ...ofServices };
    if (resource === endpointSlices) return { ...common, ...ofSlices };
    return common;
  };
  return {
    of<T extends KubeObject>(resource: Resource<T>): Informer<T> {
      const name = qualifiedName(resource);
      const running = known.get(name) as Informer<T> | undefined;
      if (running) return running;
      const indexes = indexesOf(resource) as Record<string, Index<T>>;
      const started = informer(client, resource, { ...options, indexes });
      known.set(name, started as unknown as Informer<KubeObject>);
      return started;
    },
  };
}
