/**
 * Admission by configuration, in Kubernetes' order: policies and webhooks that change the object, and when it
 * is valid those that refuse it.
 */
import type { AdmissionPlugin } from '../contract.ts';
import { type PolicyDeps, validatingPolicies } from '../policies/index.ts';
import { mutatingPolicies } from '../policies/mutating.ts';
import { mutatingWebhooks, validatingWebhooks, type WebhookDeps } from '../webhooks/index.ts';
import type { Configurations } from './configurations.ts';
import { admissionExpressions } from './expressions.ts';

export type DynamicAdmissionDeps = Omit<WebhookDeps & PolicyDeps, 'configurations'> & {
  configurations: Configurations;
};

export const dynamicAdmission = (deps: DynamicAdmissionDeps): AdmissionPlugin[] => [
  admissionExpressions,
  mutatingPolicies(deps),
  mutatingWebhooks(deps),
  validatingPolicies(deps),
  validatingWebhooks(deps),
];
