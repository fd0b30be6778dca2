/**
 * The EndpointSlices of a Service: from what is there to what should be, with few writes.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import { isDeepStrictEqual } from 'node:util';
import { services } from '../../api/resource.ts';
import type { Endpoint, EndpointPort, EndpointSlice, Node, Pod, Service } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { addressOf, endpointOf, type Family, familiesOf, isEndpoint, portsOf } from '../endpoint.ts';
import { canonical } from '../hash.ts';
import { ownerReference } from '../owners.ts';
import { hasSelector } from '../selection.ts';
import { hinted, isProportional } from './hints.ts';
import { pack } from './pack.ts';
import type { Shares } from './topology.ts';

export const managedBy = 'endpointslice-controller.k8s.io';
export const label = {
  service: 'kubernetes.io/service-name',
  managedBy: 'endpointslice.kubernetes.io/managed-by',
  headless: 'service.kubernetes.io/headless',
} as const;
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

export interface Desired {
  create: Draft<EndpointSlice>[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
  /** Of each family whose endpoints are to be shared out to the zones. */
  topology: Topology[];
}

/** What became of the hints of one family; `undetermined` says why there are none. */
export interface Topology {
  family: Family;
  undetermined?: string;
}

export interface Observed {
  service: Service;
  /** Those that the Service selects. */
  pods: readonly Pod[];
  /** Those that this controller manages for the Service. */
  slices: readonly EndpointSlice[];
  nodeOf: (name: string) => Node | undefined;
  /** What part of the CPU each zone has, or why nobody knows; asked only when a Service wants it. */
  shares: () => Shares | string;
  /** When what led to this change happened; absent when that is not known. */
  triggerTime?: string;
}

/** Endpoints that offer the same ports, in one family. */
interface Group {
  family: Family;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export function desired(observed: Observed): Desired {
  const groups = groupsOf(observed);
  const result: Desired = { create: [], update: [], remove: [], topology: hintAll(observed, groups) };
  const free = new Set(observed.slices.filter((slice) => !slice.metadata.deletionTimestamp));
  for (const [key, group] of groups) {
    const mine = [...free].filter((slice) => keyOfGroup(slice.addressType, slice.ports ?? []) === key);
    for (const slice of mine) free.delete(slice);
    planGroup(observed, group, mine, result);
  }
  result.remove.push(...free);
  return reuse(observed, result);
}

const keyOfGroup = (family: string, ports: readonly EndpointPort[]): string =>
  `${family} ${canonical(ports.map(({ name = '', ...rest }) => ({ name, ...rest })).sort(byNameOf))}`;

const byNameOf = (a: EndpointPort, b: EndpointPort) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1);

function groupsOf({ service, pods, nodeOf }: Observed): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const family of familiesOf(service)) {
    for (const pod of pods) {
      const address = isEndpoint(pod) ? addressOf(pod, family) : undefined;
      if (!address) continue;
      const ports = portsOf(service, pod);
      // A pod with none of the ports cannot be called; a headless Service may have no ports at all.
      if (ports.length === 0 && service.spec?.ports?.length) continue;
      const key = keyOfGroup(family, ports);
      const group = groups.get(key) ?? { family, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpointOf(service, pod, address, nodeOf));
    }
    // A Service without endpoints has one empty slice, so that the last and the next one are updates.
    if (hasSelector(service) && ![...groups.values()].some((group) => group.family === family))
      groups.set(keyOfGroup(family, []), { family, ports: [], endpoints: [] });
  }
  return groups;
}

/** Hints of a family are made of all its endpoints, whatever ports they offer. */
function hintAll(observed: Observed, groups: ReadonlyMap<string, Group>): Topology[] {
  const { service, slices, shares } = observed;
  return familiesOf(service).flatMap((family) => {
    const own = [...groups.values()].filter((group) => group.family === family);
    const before = slices.filter(({ addressType }) => addressType === family);
    const all = own.flatMap(({ endpoints }) => endpoints);
    const { endpoints, undetermined } = hinted(service, all, before, shares);
    for (const group of own) group.endpoints = endpoints.splice(0, group.endpoints.length);
    if (!isProportional(service)) return [];
    return [{ family, ...(undetermined !== undefined && { undetermined }) }];
  });
}

function planGroup(observed: Observed, group: Group, mine: EndpointSlice[], result: Desired): void {
  const labels = labelsOf(observed.service);
  const { kept, made } = pack(mine, group.endpoints);
  for (const [slice, endpoints] of kept) {
    const isNeeded = endpoints.length > 0 || (group.endpoints.length === 0 && slice === mine[0]);
    const before = [slice.endpoints ?? [], slice.metadata.labels];
    if (!isNeeded) result.remove.push(slice);
    else if (!isDeepStrictEqual([endpoints, labels], before))
      result.update.push(changed(observed, slice, endpoints));
  }
  if (mine.length === 0 && made.length === 0) made.push([]);
  for (const endpoints of made) result.create.push(draft(observed, group, endpoints));
}

/** A slice that would go gives its place to one that would be made: one write instead of two. */
function reuse(observed: Observed, plan: Desired): Desired {
  const create: Desired['create'] = [];
  const remove = [...plan.remove];
  const update = [...plan.update];
  for (const wanted of plan.create) {
    const at = remove.findIndex((slice) => slice.addressType === wanted.addressType);
    const [slice] = at >= 0 ? remove.splice(at, 1) : [];
    if (slice)
      update.push(changed(observed, { ...slice, ports: wanted.ports ?? [] }, wanted.endpoints ?? []));
    else create.push(wanted);
  }
  return { ...plan, create, update, remove };
}

function changed(observed: Observed, slice: EndpointSlice, endpoints: Endpoint[]): EndpointSlice {
  const { [triggerTimeAnnotation]: _, ...annotations } = slice.metadata.annotations ?? {};
  const metadata = {
    ...slice.metadata,
    labels: labelsOf(observed.service),
    annotations: { ...annotations, ...triggerAnnotation(observed) },
  };
  return { ...slice, metadata, endpoints };
}

function draft(observed: Observed, { family, ports }: Group, endpoints: Endpoint[]): Draft<EndpointSlice> {
  const { service } = observed;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? '',
      labels: labelsOf(service),
      annotations: triggerAnnotation(observed),
      ownerReferences: [ownerReference(services, service)],
    },
    addressType: family,
    endpoints,
    ports,
  };
}

const triggerAnnotation = ({ triggerTime }: Observed): Record<string, string> =>
  triggerTime ? { [triggerTimeAnnotation]: triggerTime } : {};

export const isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';

/** The Service's own, and those by which slices are found. */
export function labelsOf(service: Service): Record<string, string> {
  const { [label.headless]: _, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    ...(isHeadless(service) && { [label.headless]: '' }),
    [label.service]: service.metadata.name,
    [label.managedBy]: managedBy,
  };
}
