/**
 * The static types of Kubernetes objects as they stand on the wire.
 *
 * The generated models of `@kubernetes/client-node` carry the names and the types of every built-in
 * kind; they are imported as types only, so nothing of that package is loaded at run time. On the
 * wire a time is a string (RFC 3339), which is the one thing that {@link Wire} changes.
 */
import type * as k8s from '@kubernetes/client-node';

/** A model of `@kubernetes/client-node` as it stands in JSON. */
export type Wire<T> = T extends Date
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [K in keyof T]: Wire<T[K]> }
        : T;

export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type OwnerReference = Wire<k8s.V1OwnerReference>;
export type LabelSelector = Wire<k8s.V1LabelSelector>;
/** The model says `_continue`, because `continue` is a word of the language. */
export type ListMeta = Omit<Wire<k8s.V1ListMeta>, '_continue'> & { continue?: string };

/** What every object of every kind has. `metadata.name` is always there on an object that was read. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta & { name: string };
}

/** A model with `metadata` as it is on every object that was read from the API. */
type Stored<T> = Omit<Wire<T>, 'metadata'> & KubeObject;

export type Namespace = Stored<k8s.V1Namespace>;
export type Node = Stored<k8s.V1Node>;
export type Pod = Stored<k8s.V1Pod>;
export type Service = Stored<k8s.V1Service>;
export type Endpoints = Stored<k8s.V1Endpoints>;
export type EndpointSlice = Stored<k8s.V1EndpointSlice>;
export type ConfigMap = Stored<k8s.V1ConfigMap>;
export type Secret = Stored<k8s.V1Secret>;
export type ServiceAccount = Stored<k8s.V1ServiceAccount>;
export type Event = Stored<k8s.CoreV1Event>;
export type Lease = Stored<k8s.V1Lease>;
export type Deployment = Stored<k8s.V1Deployment>;
export type ReplicaSet = Stored<k8s.V1ReplicaSet>;
export type StatefulSet = Stored<k8s.V1StatefulSet>;
export type ControllerRevision = Stored<k8s.V1ControllerRevision>;

export type PodSpec = Wire<k8s.V1PodSpec>;
export type PodStatus = Wire<k8s.V1PodStatus>;
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>;
export type PodCondition = Wire<k8s.V1PodCondition>;
export type Container = Wire<k8s.V1Container>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type ContainerState = Wire<k8s.V1ContainerState>;
export type Probe = Wire<k8s.V1Probe>;
export type Volume = Wire<k8s.V1Volume>;
export type ServicePort = Wire<k8s.V1ServicePort>;
export type Endpoint = Wire<k8s.V1Endpoint>;
export type EndpointPort = Wire<k8s.DiscoveryV1EndpointPort>;
export type Affinity = Wire<k8s.V1Affinity>;
export type Taint = Wire<k8s.V1Taint>;
export type Toleration = Wire<k8s.V1Toleration>;
export type NodeSelectorTerm = Wire<k8s.V1NodeSelectorTerm>;

/** One change of one object, as a watch tells it. */
export interface WatchEvent<T = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

export interface List<T = KubeObject> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

/** `metav1.Status`: the answer to a request that failed, and to some that did not. */
export interface Status {
  apiVersion: 'v1';
  kind: 'Status';
  metadata: Record<string, never> | ListMeta;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}
