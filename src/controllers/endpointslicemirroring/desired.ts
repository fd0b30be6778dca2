/**
 * EndpointSlices of an Endpoints object that somebody wrote for a Service without selector, because the
 * proxy and the DNS read slices only.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring
 */
import { isDeepStrictEqual } from 'node:util';
import { endpoints as endpointsResource } from '../../api/resource.ts';
import type { Endpoint, EndpointSlice, Endpoints, Service } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { isAddress } from '../../lib/ip.ts';
import { type Family, familyOf } from '../endpoint.ts';
import { canonical } from '../hash.ts';
import { ownerReference } from '../owners.ts';

export const managedBy = 'endpointslicemirroring-controller.k8s.io';
export const label = {
  service: 'kubernetes.io/service-name',
  managedBy: 'endpointslice.kubernetes.io/managed-by',
  skip: 'endpointslice.kubernetes.io/skip-mirror',
} as const;
/** Of a subset; the rest is left out, and an event says so. */
export const mostAddresses = 1000;

/** Not for the copy: the writer's own record, and a time that is not this write's. */
const notCopied = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
];
/** Of old locks, which were kept in Endpoints. */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

export interface Mirror {
  create: Draft<EndpointSlice>[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
  /** How many addresses of subsets that are too long were left out. */
  skipped: number;
  /** How many are no addresses. */
  invalid: number;
}

/** Whether the object is to be mirrored at all. */
export const isMirrored = (object: Endpoints | undefined, service: Service | undefined): boolean =>
  object !== undefined &&
  service !== undefined &&
  !service.metadata.deletionTimestamp &&
  Object.keys(service.spec?.selector ?? {}).length === 0 &&
  object.metadata.labels?.[label.skip] !== 'true' &&
  object.metadata.annotations?.[leaderAnnotation] === undefined;

export function desired(object: Endpoints, slices: readonly EndpointSlice[]): Mirror {
  const mirror: Mirror = { create: [], update: [], remove: [], skipped: 0, invalid: 0 };
  const free = new Set(slices.filter(({ metadata }) => !metadata.deletionTimestamp));
  for (const wanted of wantedOf(object, mirror)) {
    const same = [...free].find((slice) => keyOf(slice) === keyOf(wanted));
    if (!same) mirror.create.push(wanted);
    else {
      free.delete(same);
      if (!isSame(same, wanted)) mirror.update.push(changed(same, wanted));
    }
  }
  mirror.remove.push(...free);
  return mirror;
}

const keyOf = ({ addressType, ports }: Draft<EndpointSlice>): string =>
  `${addressType} ${canonical(ports ?? [])}`;

function wantedOf(object: Endpoints, count: Pick<Mirror, 'skipped' | 'invalid'>): Draft<EndpointSlice>[] {
  const slices = new Map<string, Draft<EndpointSlice>>();
  const endpoints = new Map<string, Map<string, Endpoint>>();
  for (const subset of object.subsets ?? []) {
    const families = Map.groupBy(endpointsOf(subset, count), ({ addresses: [ip = ''] }) => familyOf(ip));
    for (const [family, own] of families) {
      const slice = draft(object, family, subset);
      const key = keyOf(slice);
      if (!slices.has(key)) slices.set(key, slice);
      endpoints.set(key, merged(endpoints.get(key), own));
    }
  }
  return [...slices].map(([key, slice]) => ({
    ...slice,
    endpoints: [...(endpoints.get(key)?.values() ?? [])],
  }));
}

/** One endpoint an address; it is ready when it is anywhere. */
function merged(known = new Map<string, Endpoint>(), more: readonly Endpoint[]): Map<string, Endpoint> {
  for (const endpoint of more) {
    const [ip = ''] = endpoint.addresses;
    if (!known.get(ip)?.conditions?.ready) known.set(ip, endpoint);
  }
  return known;
}

/** Those that are ready first, so that they are not the ones that are too many. */
function endpointsOf(subset: Subset, count: Pick<Mirror, 'skipped' | 'invalid'>): Endpoint[] {
  const all = [
    ...(subset.addresses ?? []).map((address) => endpointOf(address, true)),
    ...(subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false)),
  ];
  const valid = all.filter(({ addresses }) => isAddress(addresses[0] ?? ''));
  count.invalid += all.length - valid.length;
  count.skipped += Math.max(0, valid.length - mostAddresses);
  return valid.slice(0, mostAddresses);
}

const endpointOf = ({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(nodeName && { nodeName }),
  ...(targetRef && { targetRef }),
});

function draft(object: Endpoints, family: Family, { ports = [] }: Subset): Draft<EndpointSlice> {
  const { name, namespace = '', labels, annotations = {} } = object.metadata;
  const copied = Object.entries(annotations).filter(([key]) => !notCopied.includes(key));
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [label.service]: name, [label.managedBy]: managedBy },
      ...(copied.length > 0 && { annotations: Object.fromEntries(copied) }),
      ownerReferences: [ownerReference(endpointsResource, object)],
    },
    addressType: family,
    endpoints: [],
    ports: ports.map((port) => ({ ...port, name: port.name ?? '' })),
  };
}

const isSame = (slice: EndpointSlice, wanted: Draft<EndpointSlice>): boolean =>
  isDeepStrictEqual(
    [slice.endpoints ?? [], slice.metadata.labels, slice.metadata.annotations],
    [wanted.endpoints, wanted.metadata.labels, wanted.metadata.annotations],
  );

function changed(slice: EndpointSlice, wanted: Draft<EndpointSlice>): EndpointSlice {
  const { annotations: _, ...metadata } = slice.metadata;
  const { labels = {}, annotations } = wanted.metadata;
  return {
    ...slice,
    metadata: { ...metadata, labels, ...(annotations && { annotations }) },
    endpoints: wanted.endpoints ?? [],
  };
}
