/** What may I do? `kubectl auth can-i --list` */
import { badRequest } from '../../api/errors.ts';
import type { RbacAuthorizer } from '../authz/rbac.ts';
import type { User } from '../contract.ts';
import type { RulesStatus, SelfSubjectRulesReview } from './types.ts';

export function reviewRules(
  spec: SelfSubjectRulesReview['spec'],
  user: User,
  authorizer: Pick<RbacAuthorizer, 'rulesFor'>,
): RulesStatus {
  if (!spec.namespace) throw badRequest('no namespace on request');
  const { rules, incomplete } = authorizer.rulesFor(user, spec.namespace);
  return {
    resourceRules: rules
      .filter((rule) => rule.resources)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames }) => ({
        verbs: [...verbs],
        apiGroups: [...apiGroups],
        resources: [...resources],
        ...(resourceNames && { resourceNames: [...resourceNames] }),
      })),
    nonResourceRules: rules
      .filter((rule) => rule.nonResourceURLs)
      .map(({ verbs, nonResourceURLs = [] }) => ({
        verbs: [...verbs],
        nonResourceURLs: [...nonResourceURLs],
      })),
    incomplete,
    ...(incomplete && { evaluationError: 'node authorizer does not support user rule resolution' }),
  };
}
