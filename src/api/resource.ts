/**
 * Which kind of object a request is about, and nothing more: light enough for a DNS server that only
 * watches three kinds. What a kind means (fields, defaults, validation, columns) stands in its folder.
 */
import type {
  APIService,
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  DeviceClass,
  EndpointSlice,
  Endpoints,
  Event,
  EventsV1Event,
  FlowSchema,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  IPAddress,
  Job,
  KubeObject,
  Lease,
  LimitRange,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodTemplate,
  PriorityClass,
  PriorityLevelConfiguration,
  ReplicaSet,
  ReplicationController,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceQuota,
  ResourceSlice,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  VolumeAttachment,
  VolumeAttributesClass,
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

export const limitRanges = resource<LimitRange>('v1', 'LimitRange', 'limitranges');
export const persistentVolumes = resource<PersistentVolume>(
  'v1',
  'PersistentVolume',
  'persistentvolumes',
  false,
);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const podTemplates = resource<PodTemplate>('v1', 'PodTemplate', 'podtemplates');
export const replicationControllers = resource<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const resourceQuotas = resource<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
export const daemonSets = resource<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');
export const jobs = resource<Job>('batch/v1', 'Job', 'jobs');
export const cronJobs = resource<CronJob>('batch/v1', 'CronJob', 'cronjobs');
export const horizontalPodAutoscalers = resource<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const podDisruptionBudgets = resource<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const networkPolicies = resource<NetworkPolicy>(
  'networking.k8s.io/v1',
  'NetworkPolicy',
  'networkpolicies',
);
export const ingresses = resource<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const ingressClasses = resource<IngressClass>(
  'networking.k8s.io/v1',
  'IngressClass',
  'ingressclasses',
  false,
);
export const ipAddresses = resource<IPAddress>('networking.k8s.io/v1', 'IPAddress', 'ipaddresses', false);
export const serviceCIDRs = resource<ServiceCIDR>(
  'networking.k8s.io/v1',
  'ServiceCIDR',
  'servicecidrs',
  false,
);
export const eventsV1Events = resource<EventsV1Event>('events.k8s.io/v1', 'Event', 'events');
export const roles = resource<Role>('rbac.authorization.k8s.io/v1', 'Role', 'roles');
export const roleBindings = resource<RoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'RoleBinding',
  'rolebindings',
);
export const clusterRoles = resource<ClusterRole>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRole',
  'clusterroles',
  false,
);
export const clusterRoleBindings = resource<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  false,
);
export const certificateSigningRequests = resource<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'CertificateSigningRequest',
  'certificatesigningrequests',
  false,
);
export const storageClasses = resource<StorageClass>(
  'storage.k8s.io/v1',
  'StorageClass',
  'storageclasses',
  false,
);
export const volumeAttachments = resource<VolumeAttachment>(
  'storage.k8s.io/v1',
  'VolumeAttachment',
  'volumeattachments',
  false,
);
export const csiDrivers = resource<CSIDriver>('storage.k8s.io/v1', 'CSIDriver', 'csidrivers', false);
export const csiNodes = resource<CSINode>('storage.k8s.io/v1', 'CSINode', 'csinodes', false);
export const csiStorageCapacities = resource<CSIStorageCapacity>(
  'storage.k8s.io/v1',
  'CSIStorageCapacity',
  'csistoragecapacities',
);
export const volumeAttributesClasses = resource<VolumeAttributesClass>(
  'storage.k8s.io/v1',
  'VolumeAttributesClass',
  'volumeattributesclasses',
  false,
);
export const priorityClasses = resource<PriorityClass>(
  'scheduling.k8s.io/v1',
  'PriorityClass',
  'priorityclasses',
  false,
);
export const runtimeClasses = resource<RuntimeClass>(
  'node.k8s.io/v1',
  'RuntimeClass',
  'runtimeclasses',
  false,
);
export const mutatingWebhookConfigurations = resource<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  false,
);
export const validatingWebhookConfigurations = resource<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
);
export const validatingAdmissionPolicies = resource<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
  false,
);
export const validatingAdmissionPolicyBindings = resource<ValidatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  false,
);
export const mutatingAdmissionPolicies = resource<MutatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'MutatingAdmissionPolicy',
  'mutatingadmissionpolicies',
  false,
);
export const mutatingAdmissionPolicyBindings = resource<MutatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'MutatingAdmissionPolicyBinding',
  'mutatingadmissionpolicybindings',
  false,
);
export const flowSchemas = resource<FlowSchema>(
  'flowcontrol.apiserver.k8s.io/v1',
  'FlowSchema',
  'flowschemas',
  false,
);
export const priorityLevelConfigurations = resource<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io/v1',
  'PriorityLevelConfiguration',
  'prioritylevelconfigurations',
  false,
);
export const deviceClasses = resource<DeviceClass>(
  'resource.k8s.io/v1',
  'DeviceClass',
  'deviceclasses',
  false,
);
export const resourceClaims = resource<ResourceClaim>(
  'resource.k8s.io/v1',
  'ResourceClaim',
  'resourceclaims',
);
export const resourceClaimTemplates = resource<ResourceClaimTemplate>(
  'resource.k8s.io/v1',
  'ResourceClaimTemplate',
  'resourceclaimtemplates',
);
export const resourceSlices = resource<ResourceSlice>(
  'resource.k8s.io/v1',
  'ResourceSlice',
  'resourceslices',
  false,
);
export const customResourceDefinitions = resource<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);
export const apiServices = resource<APIService>(
  'apiregistration.k8s.io/v1',
  'APIService',
  'apiservices',
  false,
);

/** `v1`, `apps/v1`: what stands in an object's `apiVersion`. */
export function apiVersionOf(r: Pick<Resource, 'group' | 'version'>): string {
  return r.group === '' ? r.version : `${r.group}/${r.version}`;
}

/** `services`, `endpointslices.discovery.k8s.io`: how messages name a resource. */
export function qualifiedName(r: Pick<Resource, 'group' | 'plural'>): string {
  return r.group === '' ? r.plural : `${r.plural}.${r.group}`;
}
