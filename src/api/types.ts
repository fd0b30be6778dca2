/**
 * The static types of Kubernetes objects as they stand on the wire.
 *
 * The generated models of `@kubernetes/client-node` carry the names and the types of every built-in
 * kind; they are imported as types only, so nothing of that package is loaded at run time. On the
 * wire a time is a string (RFC 3339), and {@link Wire} says so.
 */
import type * as k8s from '@kubernetes/client-node';

/** The models escape words of the language: `_continue`, `_from`. */
type Unescaped<K> = K extends `_${infer Name}` ? Name : K;

/** A model of `@kubernetes/client-node` as it stands in JSON. */
export type Wire<T> = T extends Date
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [K in keyof T as Unescaped<K>]: Wire<T[K]> }
        : T;

export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type OwnerReference = Wire<k8s.V1OwnerReference>;
export type LabelSelector = Wire<k8s.V1LabelSelector>;
export type ListMeta = Wire<k8s.V1ListMeta>;

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
export type LimitRange = Stored<k8s.V1LimitRange>;
export type PersistentVolume = Stored<k8s.V1PersistentVolume>;
export type PersistentVolumeClaim = Stored<k8s.V1PersistentVolumeClaim>;
export type PodTemplate = Stored<k8s.V1PodTemplate>;
export type ReplicationController = Stored<k8s.V1ReplicationController>;
export type ResourceQuota = Stored<k8s.V1ResourceQuota>;
export type DaemonSet = Stored<k8s.V1DaemonSet>;
export type Job = Stored<k8s.V1Job>;
export type CronJob = Stored<k8s.V1CronJob>;
export type HorizontalPodAutoscaler = Stored<k8s.V2HorizontalPodAutoscaler>;
export type PodDisruptionBudget = Stored<k8s.V1PodDisruptionBudget>;
export type NetworkPolicy = Stored<k8s.V1NetworkPolicy>;
export type Ingress = Stored<k8s.V1Ingress>;
export type IngressClass = Stored<k8s.V1IngressClass>;
export type IPAddress = Stored<k8s.V1IPAddress>;
export type ServiceCIDR = Stored<k8s.V1ServiceCIDR>;
export type EventsV1Event = Stored<k8s.EventsV1Event>;
export type Role = Stored<k8s.V1Role>;
export type RoleBinding = Stored<k8s.V1RoleBinding>;
export type ClusterRole = Stored<k8s.V1ClusterRole>;
export type ClusterRoleBinding = Stored<k8s.V1ClusterRoleBinding>;
export type CertificateSigningRequest = Stored<k8s.V1CertificateSigningRequest>;
export type StorageClass = Stored<k8s.V1StorageClass>;
export type VolumeAttachment = Stored<k8s.V1VolumeAttachment>;
export type CSIDriver = Stored<k8s.V1CSIDriver>;
export type CSINode = Stored<k8s.V1CSINode>;
export type CSIStorageCapacity = Stored<k8s.V1CSIStorageCapacity>;
export type VolumeAttributesClass = Stored<k8s.V1VolumeAttributesClass>;
export type PriorityClass = Stored<k8s.V1PriorityClass>;
export type RuntimeClass = Stored<k8s.V1RuntimeClass>;
export type MutatingWebhookConfiguration = Stored<k8s.V1MutatingWebhookConfiguration>;
export type ValidatingWebhookConfiguration = Stored<k8s.V1ValidatingWebhookConfiguration>;
export type ValidatingAdmissionPolicy = Stored<k8s.V1ValidatingAdmissionPolicy>;
export type ValidatingAdmissionPolicyBinding = Stored<k8s.V1ValidatingAdmissionPolicyBinding>;
export type MutatingAdmissionPolicy = Stored<k8s.V1MutatingAdmissionPolicy>;
export type MutatingAdmissionPolicyBinding = Stored<k8s.V1MutatingAdmissionPolicyBinding>;
export type FlowSchema = Stored<k8s.V1FlowSchema>;
export type PriorityLevelConfiguration = Stored<k8s.V1PriorityLevelConfiguration>;
export type DeviceClass = Stored<k8s.V1DeviceClass>;
export type ResourceClaim = Stored<k8s.ResourceV1ResourceClaim>;
export type ResourceClaimTemplate = Stored<k8s.V1ResourceClaimTemplate>;
export type ResourceSlice = Stored<k8s.V1ResourceSlice>;
export type CustomResourceDefinition = Stored<k8s.V1CustomResourceDefinition>;
export type APIService = Stored<k8s.V1APIService>;

export type PodSpec = Wire<k8s.V1PodSpec>;
export type PodStatus = Wire<k8s.V1PodStatus>;
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>;
export type PodCondition = Wire<k8s.V1PodCondition>;
export type Container = Wire<k8s.V1Container>;
export type EphemeralContainer = Wire<k8s.V1EphemeralContainer>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type ContainerState = Wire<k8s.V1ContainerState>;
export type Subject = Wire<k8s.RbacV1Subject>;
export type PolicyRule = Wire<k8s.V1PolicyRule>;
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
