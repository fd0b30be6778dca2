/** The questions that can be put to the API server. They are answered at once and never stored. */
import '../../api/authentication/selfsubjectreview/fields.ts';
import '../../api/authentication/tokenreview/fields.ts';
import '../../api/authorization/accessreview/fields.ts';
import '../../api/authorization/rulesreview/fields.ts';
import type { Resource } from '../../api/resource.ts';

/** Enough to read a body and to find the answer. */
export interface ReviewKind {
  readonly resource: Resource;
  readonly message: string;
}

function review(group: string, kind: string, namespaced = false): ReviewKind {
  const plural = `${kind.toLowerCase()}s`;
  return {
    resource: { group: `${group}.k8s.io`, version: 'v1', kind, plural, namespaced },
    message: `${group}/v1.${kind}`,
  };
}

export const tokenReview = review('authentication', 'TokenReview');
export const selfSubjectReview = review('authentication', 'SelfSubjectReview');
export const subjectAccessReview = review('authorization', 'SubjectAccessReview');
export const localSubjectAccessReview = review('authorization', 'LocalSubjectAccessReview', true);
export const selfSubjectAccessReview = review('authorization', 'SelfSubjectAccessReview');
export const selfSubjectRulesReview = review('authorization', 'SelfSubjectRulesReview');

export const reviewKinds: readonly ReviewKind[] = [
  tokenReview,
  selfSubjectReview,
  subjectAccessReview,
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
];
