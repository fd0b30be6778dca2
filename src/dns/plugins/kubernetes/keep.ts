/** What is kept of objects of the cluster. */
import type { EndpointSlice, KubeObject, Pod, Service } from '../../../api/types.ts';
import { canonical, isAddress } from '../../../lib/ip.ts';

export interface NamedPort {
  name: string;
  /** Lower case, as in a name. */
  protocol: string;
  port: number;
}

export interface KeptService {
  /** `namespace/name`, as all keys here. */
  key: string;
  namespace: string;
  name: string;
  /** Cluster addresses, canonical; none of a headless Service. */
  addresses: readonly string[];
  ports: readonly NamedPort[];
  /** Only of type ExternalName. */
  externalName?: string;
  /** Nobody has names below its own. */
  hidesEndpoints?: true;
}

export interface KeptEndpoint {
  /** Canonical. */
  address: string;
  /** The label below the Service's name, where it is not the address. */
  name?: string;
}

/** Only endpoints that are ready. */
export interface KeptSlice {
  key: string;
  /** Key of its Service. */
  service: string;
  ports: readonly NamedPort[];
  endpoints: readonly KeptEndpoint[];
}

export interface KeptPod {
  key: string;
  namespace: string;
  /** Canonical. */
  addresses: readonly string[];
}

const serviceName = 'kubernetes.io/service-name';
/** Of slices that come from another cluster. https://multicluster.sigs.k8s.io/concepts/multicluster-services-api/ */
export const importedServiceName = 'multicluster.kubernetes.io/service-name';
const sourceCluster = 'multicluster.kubernetes.io/source-cluster';

export const keyOf = ({ metadata }: { metadata: { name: string; namespace?: string } }): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

export function keptService(service: Service): KeptService {
  const { metadata, spec } = service;
  const isExternal = spec?.type === 'ExternalName';
  return {
    key: keyOf(service),
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    addresses: isExternal ? [] : clusterAddresses(service),
    ports: portsOf(spec?.ports ?? []),
    ...(isExternal && { externalName: spec.externalName ?? '' }),
  };
}

/** `None` of a headless Service is not an address. */
function clusterAddresses({ spec }: Service): string[] {
  const all = spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : []);
  return all.filter(isAddress).map(canonicalOf);
}

/**
 * Slices that say nothing of readiness mean that it is there; `publishNotReadyAddresses` is in what they say already.
 * `podNames`: an endpoint without a hostname has its pod's name.
 */
export function keptSlice(slice: EndpointSlice, podNames: boolean): KeptSlice {
  const { metadata, addressType, ports, endpoints } = slice;
  const ready = addressType === 'FQDN' ? [] : (endpoints ?? []).filter((e) => e.conditions?.ready !== false);
  return {
    key: keyOf(slice),
    service: `${metadata.namespace ?? ''}/${metadata.labels?.[serviceName] ?? ''}`,
    ports: portsOf(ports ?? []),
    endpoints: ready.flatMap(({ addresses, hostname, targetRef }) => {
      const pod = podNames && targetRef?.kind === 'Pod' ? targetRef.name : undefined;
      const name = (hostname || pod)?.toLowerCase();
      return addresses
        .filter(isAddress)
        .map((address) => ({ address: canonicalOf(address), ...(name && { name }) }));
    }),
  };
}

export interface ServiceImport extends KubeObject {
  spec?: { type?: string; ips?: readonly string[]; ports?: ServicePorts };
}

/** Of type `Headless` it is its endpoints; else it has addresses, and they have no names. */
export function keptImport(object: ServiceImport): KeptService {
  const { metadata, spec } = object;
  const isHeadless = spec?.type === 'Headless';
  return {
    key: keyOf(object),
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    addresses: isHeadless ? [] : (spec?.ips ?? []).filter(isAddress).map(canonicalOf),
    ports: portsOf(spec?.ports ?? []),
    ...(!isHeadless && { hidesEndpoints: true }),
  };
}

/** Its endpoints are named within their cluster: `<hostname>.<cluster>`. */
export function keptImportedSlice(slice: EndpointSlice): KeptSlice {
  const { namespace = '', labels = {} } = slice.metadata;
  const { endpoints, ...kept } = keptSlice(slice, false);
  const cluster = labels[sourceCluster]?.toLowerCase();
  return {
    ...kept,
    service: `${namespace}/${labels[importedServiceName] ?? ''}`,
    endpoints: endpoints.map((each) => ({
      address: each.address,
      name: cluster === undefined ? nameOf(each) : `${nameOf(each)}.${cluster}`,
    })),
  };
}

/** `10-244-0-5`, `fd44--5`: the name of an endpoint that has no hostname. */
export const dashed = (address: string): string => address.replaceAll(/[.:]/g, '-');

export const nameOf = ({ name, address }: KeptEndpoint): string => name ?? dashed(address);

export const keptPod = (pod: Pod): KeptPod => ({
  key: keyOf(pod),
  namespace: pod.metadata.namespace ?? '',
  addresses: (pod.status?.podIPs ?? []).flatMap(({ ip }) => (ip && isAddress(ip) ? canonicalOf(ip) : [])),
});

/** Slices of a cluster have few sorts of ports: those that are equal are one. */
const knownPorts = new Map<string, readonly NamedPort[]>();
const mostKnown = 10_000;

type ServicePorts = readonly { name?: string; protocol?: string; port?: number }[];

function portsOf(ports: ServicePorts): readonly NamedPort[] {
  const named = ports.flatMap(({ name, protocol, port }) =>
    port === undefined
      ? []
      : [{ name: (name ?? '').toLowerCase(), protocol: (protocol ?? 'TCP').toLowerCase(), port }],
  );
  const text = JSON.stringify(named);
  const known = knownPorts.get(text);
  if (known) return known;
  if (knownPorts.size < mostKnown) knownPorts.set(text, named);
  return named;
}

/** IPv4 addresses that the API server took are canonical. */
const canonicalOf = (address: string): string => (address.includes(':') ? canonical(address) : address);
