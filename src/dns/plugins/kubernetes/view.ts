/** What the records are made from: the cluster as it was last seen, followed by watches. */

import type { Resource } from '../../../api/resource.ts';
import { endpointSlices, namespaces, pods, services } from '../../../api/resource.ts';
import type { EndpointSlice, KubeObject, Namespace, Pod, Service, WatchEvent } from '../../../api/types.ts';
import type { Client } from '../../../client/contract.ts';
import { reflect } from '../../../client/informer.ts';
import type { Lasting } from '../../wire/message.ts';
import {
  importedServiceName,
  type KeptPod,
  type KeptService,
  type KeptSlice,
  keptImport,
  keptImportedSlice,
  keptPod,
  keptService,
  keptSlice,
  keyOf,
  type ServiceImport,
} from './keep.ts';
import { State } from './state.ts';

export interface View {
  service(namespace: string, name: string): KeptService | undefined;
  slicesOf(service: KeptService): readonly KeptSlice[];
  hasNamespace(name: string): boolean;
  /** Services that have this cluster address, in canonical form as all addresses here. */
  servicesAt(address: string): readonly KeptService[];
  /** Slices with a ready endpoint at this address. */
  slicesAt(address: string): readonly KeptSlice[];
  /** Only with `pods verified`. */
  podsAt(address: string): readonly KeptPod[];
  /** Of answers that are made from a Service and its endpoints alone. */
  lasting(service: KeptService): Lasting;
  /** Grows with every change: the serial number of the zone. */
  serial(): number;
}

/** Follows the cluster until the signal. Pods are followed from the first time that {@link Followed.watchPods} is asked. */
export interface Followed extends View {
  hasSynced(): boolean;
  /** Resolves when everything was read once. */
  whenSynced(): Promise<void>;
  watchPods(): void;
}

export interface FollowOptions {
  nowMs: () => number;
  signal: AbortSignal;
  /** Label selectors: of Services, slices and pods; of namespaces. */
  labels?: string | undefined;
  namespaceLabels?: string | undefined;
  /** Only these namespaces. */
  only?: readonly string[] | undefined;
  /** Slices are not read. */
  noEndpoints?: boolean;
  /** Endpoints without a hostname are named as their pods. */
  podNames?: boolean;
  /** Instead of Services and their slices, those that come from other clusters. */
  imports?: boolean;
  /** Told of a slice that changed. */
  heard?: (slice: EndpointSlice) => void;
}

const pageSize = 100;

const serviceImports: Resource<ServiceImport> = {
  group: 'multicluster.x-k8s.io',
  version: 'v1alpha1',
  kind: 'ServiceImport',
  plural: 'serviceimports',
  namespaced: true,
};

export function follow(client: Client, options: FollowOptions): Followed {
  const {
    nowMs,
    signal,
    labels,
    namespaceLabels,
    only,
    noEndpoints,
    podNames = false,
    imports,
    heard,
  } = options;
  let serial = seconds(nowMs());
  const state = new State(() => {
    serial = Math.max(serial, seconds(nowMs()));
  });
  const waiting = new Set<string>();
  const told: (() => void)[] = [];

  function source<T extends KubeObject, Kept>(
    resource: Resource<T>,
    selectors: Selectors,
    into: Into<T, Kept>,
  ): void {
    waiting.add(resource.plural);
    const apply = ({ type, object }: WatchEvent<T>) => {
      if (type === 'BOOKMARK') return;
      if (type === 'DELETED') return into.drop(object);
      into.heard?.(object);
      into.put(into.keep(object));
    };
    const replace = (all: readonly Kept[]) => {
      into.replace(all);
      waiting.delete(resource.plural);
      if (waiting.size === 0) for (const tell of told.splice(0)) tell();
    };
    void reflect(client, resource, {
      ...selectors,
      keep: into.keep,
      sink: { replace, apply },
      pageSize,
      signal,
    });
  }

  const selected = labels === undefined ? {} : { labelSelector: labels };
  const imported = {
    labelSelector: labels === undefined ? importedServiceName : `${importedServiceName},${labels}`,
  };
  const intoServices = {
    put: (service: KeptService) => state.putService(service),
    drop: (object: KubeObject) => state.dropService(keyOf(object)),
    replace: (all: readonly KeptService[]) => state.replaceServices(all),
  };
  if (imports)
    source<ServiceImport, KeptService>(serviceImports, selected, { keep: keptImport, ...intoServices });
  else source<Service, KeptService>(services, selected, { keep: keptService, ...intoServices });
  source<Namespace, string>(
    namespaces,
    namespaceLabels === undefined ? {} : { labelSelector: namespaceLabels },
    {
      keep: ({ metadata }) => metadata.name,
      put: (name) => state.putNamespace(name),
      drop: ({ metadata }) => state.dropNamespace(metadata.name),
      replace: (all) => state.replaceNamespaces(all),
    },
  );
  if (!noEndpoints)
    source<EndpointSlice, KeptSlice>(endpointSlices, imports ? imported : selected, {
      keep: (slice) => (imports ? keptImportedSlice(slice) : keptSlice(slice, podNames)),
      put: (slice) => state.putSlice(slice),
      drop: (object) => state.dropSlice(keyOf(object)),
      replace: (all) => state.replaceSlices(all),
      ...(heard && { heard }),
    });

  const isShown = (namespace: string): boolean =>
    only ? only.includes(namespace) : namespaceLabels === undefined || state.hasNamespace(namespace);
  const shown = <T extends { namespace: string }>(all: readonly T[]): readonly T[] =>
    all.every(({ namespace }) => isShown(namespace))
      ? all
      : all.filter(({ namespace }) => isShown(namespace));
  let followsPods = false;
  return {
    service: (namespace, name) => (isShown(namespace) ? state.service(`${namespace}/${name}`) : undefined),
    slicesOf: ({ key }) => state.slicesOf(key),
    hasNamespace: (name) => isShown(name) && state.hasNamespace(name),
    servicesAt: (address) => shown(state.servicesAt(address)),
    slicesAt: state.slicesAt,
    podsAt: (address) => shown(state.podsAt(address)),
    // Which namespaces are shown is no matter of the Service.
    lasting: ({ key }) => (namespaceLabels === undefined ? state.lasting(key) : { stale: true }),
    serial: () => serial,
    hasSynced: () => waiting.size === 0,
    whenSynced: () =>
      waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => void told.push(resolve)),
    watchPods() {
      if (followsPods) return;
      followsPods = true;
      source<Pod, KeptPod>(
        pods,
        { ...selected, fieldSelector: livePods },
        {
          keep: keptPod,
          put: (pod) => state.putPod(pod),
          drop: (object) => state.dropPod(keyOf(object)),
          replace: (all) => state.replacePods(all),
        },
      );
    },
  };
}

interface Selectors {
  labelSelector?: string;
  fieldSelector?: string;
}

interface Into<T, Kept> {
  keep: (object: T) => Kept;
  put: (kept: Kept) => void;
  drop: (object: T) => void;
  replace: (all: readonly Kept[]) => void;
  heard?: (object: T) => void;
}

/** A pod that ended has given its address back. */
const livePods = 'status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown';

const seconds = (ms: number): number => Math.floor(ms / 1000);
