/**
 * The admission plugins in the order in which they are asked: first what refuses, then what completes.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */

import { customResourceRules } from '../customresources/admission.ts';
import { type CertificateDeps, certificates } from './certificates/index.ts';
import type { AdmissionPlugin } from './contract.ts';
import { namespaceLabels } from './namespaceLabels.ts';
import { type NamespaceLifecycleDeps, namespaceLifecycle } from './namespaceLifecycle.ts';
import { nodeRestriction } from './nodeRestriction.ts';
import { podDefaults } from './podDefaults.ts';
import { type RbacEscalationDeps, rbacEscalation } from './rbacEscalation.ts';
import { type ServiceAccountDeps, serviceAccount } from './serviceAccount.ts';
import { type ServiceAllocationDeps, serviceAllocation } from './serviceAllocation/index.ts';

export type AdmissionDeps = CertificateDeps &
  NamespaceLifecycleDeps &
  RbacEscalationDeps &
  ServiceAccountDeps &
  ServiceAllocationDeps;

export const admissionPlugins = (deps: AdmissionDeps): AdmissionPlugin[] => [
  namespaceLifecycle(deps),
  nodeRestriction,
  namespaceLabels,
  serviceAccount(deps),
  podDefaults,
  certificates(deps),
  rbacEscalation(deps),
  customResourceRules,
  serviceAllocation(deps),
];
