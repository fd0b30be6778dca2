/**
 * All kinds that the API serves. A new kind is a new folder and a line here; discovery, verbs, watches,
 * tables and OpenAPI follow.
 */

import { mutatingAdmissionPolicy } from './admissionregistration/mutatingadmissionpolicy/kind.ts';
import { mutatingAdmissionPolicyBinding } from './admissionregistration/mutatingadmissionpolicybinding/kind.ts';
import { mutatingWebhookConfiguration } from './admissionregistration/mutatingwebhookconfiguration/kind.ts';
import { validatingAdmissionPolicy } from './admissionregistration/validatingadmissionpolicy/kind.ts';
import { validatingAdmissionPolicyBinding } from './admissionregistration/validatingadmissionpolicybinding/kind.ts';
import { validatingWebhookConfiguration } from './admissionregistration/validatingwebhookconfiguration/kind.ts';
import { customResourceDefinition } from './apiextensions/customresourcedefinition/kind.ts';
import { apiService } from './apiregistration/apiservice/kind.ts';
import { daemonSet } from './apps/daemonset/kind.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontalpodautoscaler/kind.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontalpodautoscalerv1/kind.ts';
import { cronJob } from './batch/cronjob/kind.ts';
import { job } from './batch/job/kind.ts';
import { certificateSigningRequest } from './certificates/certificatesigningrequest/kind.ts';
import { limitRange } from './core/limitrange/kind.ts';
import { persistentVolume } from './core/persistentvolume/kind.ts';
import { persistentVolumeClaim } from './core/persistentvolumeclaim/kind.ts';
import { podTemplate } from './core/podtemplate/kind.ts';
import { replicationController } from './core/replicationcontroller/kind.ts';
import { resourceQuota } from './core/resourcequota/kind.ts';
import { eventsV1Event } from './events/event/kind.ts';
import { flowSchema } from './flowcontrol/flowschema/kind.ts';
import { priorityLevelConfiguration } from './flowcontrol/prioritylevelconfiguration/kind.ts';
import { ingress } from './networking/ingress/kind.ts';
import { ingressClass } from './networking/ingressclass/kind.ts';
import { ipAddress } from './networking/ipaddress/kind.ts';
import { networkPolicy } from './networking/networkpolicy/kind.ts';
import { serviceCIDR } from './networking/servicecidr/kind.ts';
import { runtimeClass } from './node/runtimeclass/kind.ts';
import { podDisruptionBudget } from './policy/poddisruptionbudget/kind.ts';
import { clusterRole } from './rbac/clusterrole/kind.ts';
import { clusterRoleBinding } from './rbac/clusterrolebinding/kind.ts';
import { role } from './rbac/role/kind.ts';
import { roleBinding } from './rbac/rolebinding/kind.ts';
import { deviceClass } from './resource/deviceclass/kind.ts';
import { resourceClaim } from './resource/resourceclaim/kind.ts';
import { resourceClaimTemplate } from './resource/resourceclaimtemplate/kind.ts';
import { resourceSlice } from './resource/resourceslice/kind.ts';
import { priorityClass } from './scheduling/priorityclass/kind.ts';
import { csiDriver } from './storage/csidriver/kind.ts';
import { csiNode } from './storage/csinode/kind.ts';
import { csiStorageCapacity } from './storage/csistoragecapacity/kind.ts';
import { storageClass } from './storage/storageclass/kind.ts';
import { volumeAttachment } from './storage/volumeattachment/kind.ts';
import { volumeAttributesClass } from './storage/volumeattributesclass/kind.ts';
import './policy/eviction/fields.ts';
import { controllerRevision } from './apps/controllerrevision/kind.ts';
import { deployment } from './apps/deployment/kind.ts';
import { replicaSet } from './apps/replicaset/kind.ts';
import { statefulSet } from './apps/statefulset/kind.ts';
import './authentication/selfsubjectreview/fields.ts';
import './authentication/tokenrequest/fields.ts';
import './authentication/tokenreview/fields.ts';
import './authorization/accessreview/fields.ts';
import './authorization/rulesreview/fields.ts';
import './autoscaling/scale/fields.ts';
import { lease } from './coordination/lease/kind.ts';
import './core/binding/fields.ts';
import { configMap } from './core/configmap/kind.ts';
import { endpoints } from './core/endpoints/kind.ts';
import { event } from './core/event/kind.ts';
import { namespace } from './core/namespace/kind.ts';
import { node } from './core/node/kind.ts';
import { pod } from './core/pod/kind.ts';
import { secret } from './core/secret/kind.ts';
import { service } from './core/service/kind.ts';
import { serviceAccount } from './core/serviceaccount/kind.ts';
import { endpointSlice } from './discovery/endpointslice/kind.ts';
import type { Kind } from './kind.ts';
import './meta/discovery.ts';
import { nodeMetrics } from './metrics/nodemetrics/kind.ts';
import { podMetrics } from './metrics/podmetrics/kind.ts';
import './meta/requests.ts';
import { type KindRegistry, kindRegistry } from './registry.ts';

export const kinds: readonly Kind[] = [
  namespace,
  node,
  pod,
  service,
  endpoints,
  configMap,
  secret,
  serviceAccount,
  event,
  endpointSlice,
  lease,
  deployment,
  replicaSet,
  statefulSet,
  controllerRevision,
  limitRange,
  persistentVolume,
  persistentVolumeClaim,
  podTemplate,
  replicationController,
  resourceQuota,
  daemonSet,
  job,
  cronJob,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  podDisruptionBudget,
  networkPolicy,
  ingress,
  ingressClass,
  ipAddress,
  serviceCIDR,
  eventsV1Event,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  certificateSigningRequest,
  storageClass,
  volumeAttachment,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  volumeAttributesClass,
  priorityClass,
  runtimeClass,
  mutatingWebhookConfiguration,
  validatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  flowSchema,
  priorityLevelConfiguration,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  customResourceDefinition,
  apiService,
  nodeMetrics,
  podMetrics,
];

/** For those who serve or read nothing but the built-in kinds. */
export const builtinKinds: KindRegistry = kindRegistry(kinds);

/** The built-in kind that a path names: `kindOf('apps', 'v1', 'deployments')`. */
export const kindOf = builtinKinds.of;

/** The built-in kind that an object says it is: `kindFor('apps/v1', 'Deployment')`. */
export const kindFor = builtinKinds.for;
