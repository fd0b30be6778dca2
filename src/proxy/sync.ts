/** Keeps the kernel's rules as the Services and their EndpointSlices say. Thin: what to do is decided in `rules.ts` and `state.ts`. */
import { serviceOf } from '../api/discovery/endpointslice/service.ts';
import type { EndpointSlice, Node, Pod, Service } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import type { Place } from './endpoints.ts';
import { Follower, type FollowerOptions } from './follower.ts';
import type { SliceVersions } from './health/sliceVersions.ts';
import { frontendsOfPod, onHostPortChange } from './hostPorts.ts';
import { isLeftToOthers } from './others.ts';
import { frontendsOf } from './rules.ts';

export interface ProxyOptions extends Omit<FollowerOptions, 'written' | 'taking'> {
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  /** For the zone of this node and the range of its pods. */
  nodes?: Informer<Node>;
  /** Nothing but Services answers at the addresses of their load balancers. */
  hasPools?: boolean;
  /** Of this node, for their host ports. */
  pods?: Informer<Pod>;
  nodeName: string;
  versions?: SliceVersions;
  /** Told of each Service, or that it is gone, once the kernel has the rules for what it is now. */
  onWritten?: (key: string, service: Service | undefined, slices: readonly EndpointSlice[]) => void;
}

export interface Proxy {
  /** The rules for everything that was known at the start are in the kernel. */
  synced: Promise<void>;
  /** Resolves when the kernel has the rules for all that has changed until now. */
  settled(): Promise<void>;
  /** Other ranges of Services' addresses; the table is written anew, which seldom happens. */
  setServiceCIDRs(cidrs: readonly string[]): void;
  /** The rules stay; they are only no longer changed. */
  stop(): void;
}

const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time';

export function startProxy(options: ProxyOptions): Proxy {
  const { services, slices, nodes, pods, nodeName, metrics, versions, onWritten } = options;
  const place: Place = { nodeName, ...(options.hasPools && { hasPools: true }) };
  const slicesOf = new Map<string, Map<string, EndpointSlice>>();
  const knownSlices = (key: string) => [...(slicesOf.get(key)?.values() ?? [])];
  const frontends = (key: string) => {
    const ofPod = frontendsOfPod(key, pods);
    if (ofPod) return ofPod;
    const service = services.get(key);
    return service ? frontendsOf(service, knownSlices(key), place) : [];
  };
  const written = (owners: readonly string[]) => {
    versions?.written();
    for (const key of owners) onWritten?.(key, services.get(key), knownSlices(key));
  };
  const follower = new Follower({ ...options, taking: () => versions?.taking(), written }, frontends);

  services.onChange((now, before) => {
    const service = now ?? before;
    if (!service) return;
    metrics?.serviceChanged(keyOf(service));
    follower.changed(keyOf(service));
  });
  slices.onChange((now, before) => {
    versions?.seen(now?.metadata.resourceVersion);
    for (const [slice, isThere] of [
      [before, false],
      [now, true],
    ] as const) {
      const key = slice && serviceOf(slice);
      if (!key) continue;
      const known = slicesOf.get(key) ?? new Map<string, EndpointSlice>();
      if (isThere && !isLeftToOthers(slice)) slicesOf.set(key, known.set(slice.metadata.name, slice));
      else if (known.delete(slice.metadata.name) && known.size === 0) slicesOf.delete(key);
      follower.changed(key);
    }
    const changed = now ?? before;
    const key = changed && serviceOf(changed);
    if (key) metrics?.endpointsChanged(key, now?.metadata.annotations?.[triggerTime]);
  });
  nodes?.onChange((now, before) => {
    if (now?.metadata.name !== nodeName) return;
    const podCIDRs = now.spec?.podCIDRs ?? [];
    if (podCIDRs.join() !== (before?.spec?.podCIDRs ?? []).join()) follower.setLocalPodCIDRs(podCIDRs);
    const zone = now.metadata.labels?.['topology.kubernetes.io/zone'];
    if (zone === place.zone) return;
    if (zone === undefined) delete place.zone;
    else place.zone = zone;
    for (const service of services.list()) follower.changed(keyOf(service));
  });
  onHostPortChange(pods, (owner) => follower.changed(owner));
  const isKnown = [services, slices, nodes, pods].flatMap((informer) => informer?.synced ?? []);
  const synced = Promise.all(isKnown).then(() => follower.start());
  return {
    synced,
    settled: () => follower.settled(),
    setServiceCIDRs: (cidrs) => follower.setServiceCIDRs(cidrs),
    stop: () => follower.stop(),
  };
}
