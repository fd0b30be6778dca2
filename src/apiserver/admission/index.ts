/**
 * The admission plugins in the order in which they are asked: first what refuses, then what completes.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */

import { customResourceRules } from '../customresources/admission.ts';
import { type CertificateDeps, certificates } from './certificates/index.ts';
import type { AdmissionPlugin } from './contract.ts';
import { defaultIngressClass } from './defaultIngressClass.ts';
import { type DynamicAdmissionDeps, dynamicAdmission } from './dynamic/index.ts';
import { limitRanger } from './limitRanger.ts';
import { namespaceLabels } from './namespaceLabels.ts';
import { type NamespaceLifecycleDeps, namespaceLifecycle } from './namespaceLifecycle.ts';
import { nodeRestriction } from './nodeRestriction.ts';
import { podDefaults } from './podDefaults.ts';
import { podSecurity } from './podSecurity/index.ts';
import { priority } from './priority.ts';
import { type RbacEscalationDeps, rbacEscalation } from './rbacEscalation.ts';
import { resourceQuota } from './resourceQuota/index.ts';
import { runtimeClass } from './runtimeClass.ts';
import { type ServiceAccountDeps, serviceAccount } from './serviceAccount.ts';
import { type ServiceAllocationDeps, serviceAllocation } from './serviceAllocation/index.ts';
import { type StorageClassDeps, storage } from './storage/index.ts';
import type { StoredObjects } from './stored.ts';

export type AdmissionDeps = CertificateDeps &
  NamespaceLifecycleDeps &
  RbacEscalationDeps &
  ServiceAccountDeps &
  StoredObjects &
  ServiceAllocationDeps &
  StorageClassDeps & {
    /** Without it there are no webhooks and policies. */
    dynamic?: DynamicAdmissionDeps;
  };

export const admissionPlugins = (deps: AdmissionDeps): AdmissionPlugin[] => [
  namespaceLifecycle(deps),
  nodeRestriction,
  namespaceLabels,
  limitRanger(deps),
  serviceAccount(deps),
  podSecurity(deps),
  priority(deps),
  podDefaults,
  runtimeClass(deps),
  defaultIngressClass(deps),
  certificates(deps),
  rbacEscalation(deps),
  ...storage(deps),
  customResourceRules,
  // MutatingAdmissionPolicy, MutatingAdmissionWebhook, ValidatingAdmissionPolicy, ValidatingAdmissionWebhook
  ...(deps.dynamic ? dynamicAdmission(deps.dynamic) : []),
  serviceAllocation(deps),
  // Last, so that it counts what is stored, and takes nothing for what another one refuses.
  resourceQuota(deps),
];
