/** What the records are made from: the cluster as it was last seen, with the look-ups that questions need. */
import { endpointSlices, namespaces, pods, services } from '../../../api/resource.ts';
import type { EndpointSlice, KubeObject, Namespace, Pod, Service } from '../../../api/types.ts';
import type { Client, Informer } from '../../../client/contract.ts';
import { informer } from '../../../client/informer.ts';
import { canonical, isAddress } from '../../../lib/ip.ts';

export interface View {
  service(namespace: string, name: string): Service | undefined;
  slicesOf(namespace: string, service: string): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  /** Services that have this cluster address, in canonical form as all addresses here. */
  servicesAt(address: string): readonly Service[];
  /** Slices with an endpoint at this address. */
  slicesAt(address: string): readonly EndpointSlice[];
  /** Only with `pods verified`. */
  hasPodAt(namespace: string, address: string): boolean;
  /** Grows with every change: the serial number of the zone. */
  serial(): number;
}

const serviceName = 'kubernetes.io/service-name';

export const serviceOf = (slice: EndpointSlice): string | undefined => slice.metadata.labels?.[serviceName];

/** `None` of a headless Service is not an address. */
export function clusterAddresses({ spec }: Service): string[] {
  const all = spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : []);
  return all.filter((address) => address !== 'None' && address !== '');
}

const indexes = {
  service: (slice: EndpointSlice) => [`${slice.metadata.namespace}/${serviceOf(slice) ?? ''}`],
  endpoint: (slice: EndpointSlice) =>
    (slice.endpoints ?? []).flatMap(({ addresses }) => addresses.filter(isAddress).map(canonical)),
  address: (service: Service) => clusterAddresses(service).filter(isAddress).map(canonical),
  pod: ({ metadata, status }: Pod) =>
    (status?.podIPs ?? []).flatMap(({ ip }) => (ip ? [`${metadata.namespace}/${canonical(ip)}`] : [])),
};

/** Follows the cluster until the signal. Pods are followed from the first time that {@link Followed.watchPods} is asked. */
export interface Followed extends View {
  hasSynced(): boolean;
  watchPods(): void;
}

export function follow(client: Client, nowMs: () => number, signal: AbortSignal): Followed {
  let serial = seconds(nowMs());
  const touched = <T extends KubeObject>(source: Informer<T>): Informer<T> => {
    source.onChange(() => {
      serial = Math.max(serial, seconds(nowMs()));
    });
    return source;
  };
  const ofServices = touched(informer(client, services, { indexes: { address: indexes.address }, signal }));
  const ofSlices = touched(
    informer(client, endpointSlices, {
      indexes: { service: indexes.service, endpoint: indexes.endpoint },
      signal,
    }),
  );
  const ofNamespaces: Informer<Namespace> = touched(informer(client, namespaces, { signal }));
  let ofPods: Informer<Pod> | undefined;
  return {
    service: (namespace, name) => ofServices.get(`${namespace}/${name}`),
    slicesOf: (namespace, service) => ofSlices.by('service', `${namespace}/${service}`),
    hasNamespace: (name) => ofNamespaces.get(name) !== undefined,
    servicesAt: (address) => ofServices.by('address', address),
    slicesAt: (address) => ofSlices.by('endpoint', address),
    hasPodAt: (namespace, address) => (ofPods?.by('pod', `${namespace}/${address}`).length ?? 0) > 0,
    serial: () => serial,
    hasSynced: () =>
      [ofServices, ofSlices, ofNamespaces, ofPods].every((source) => source?.hasSynced !== false),
    watchPods() {
      ofPods ??= informer(client, pods, { indexes: { pod: indexes.pod }, fieldSelector: livePods, signal });
    },
  };
}

/** A pod that ended has given its address back. */
const livePods = 'status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown';

const seconds = (ms: number): number => Math.floor(ms / 1000);
