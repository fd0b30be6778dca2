/**
 * Which kind of object a request is about, and nothing more: light enough for a DNS server that only
 * watches three kinds. What a kind means (fields, defaults, validation, columns) stands in its folder.
 */
import type {
  ConfigMap,
  ControllerRevision,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  KubeObject,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
} from './types.ts';

export interface Resource<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural name that stands in paths: `endpointslices`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Only carries the type; never set. */
  readonly object?: T;
}

function resource<T extends KubeObject>(apiVersion: string, kind: string, plural: string, namespaced = true) {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { group, version, kind, plural, namespaced } as Resource<T>;
}

export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces', false);
export const nodes = resource<Node>('v1', 'Node', 'nodes', false);
export const pods = resource<Pod>('v1', 'Pod', 'pods');
export const services = resource<Service>('v1', 'Service', 'services');
export const endpoints = resource<Endpoints>('v1', 'Endpoints', 'endpoints');
export const configMaps = resource<ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const secrets = resource<Secret>('v1', 'Secret', 'secrets');
export const serviceAccounts = resource<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const events = resource<Event>('v1', 'Event', 'events');
export const endpointSlices = resource<EndpointSlice>(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'endpointslices',
);
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases');
export const deployments = resource<Deployment>('apps/v1', 'Deployment', 'deployments');
export const replicaSets = resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const statefulSets = resource<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const controllerRevisions = resource<ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
);

/** `v1`, `apps/v1`: what stands in an object's `apiVersion`. */
export function apiVersionOf(r: Pick<Resource, 'group' | 'version'>): string {
  return r.group === '' ? r.version : `${r.group}/${r.version}`;
}

/** `services`, `endpointslices.discovery.k8s.io`: how messages name a resource. */
export function qualifiedName(r: Pick<Resource, 'group' | 'plural'>): string {
  return r.group === '' ? r.plural : `${r.plural}.${r.group}`;
}
