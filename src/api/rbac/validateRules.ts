/** What is wrong with the rules of a role. */
import { type FieldError, fieldInvalid, fieldRequired } from '../errors.ts';
import type { ClusterRole, PolicyRule, Role } from '../types.ts';
import { each } from '../validate/checks.ts';
import { validateLabelSelector } from '../validate/labels.ts';

export const validateRole = ({ rules }: Role): FieldError[] =>
  each('rules', rules, (rule, at) => validateRule(rule, at, true));

export const validateClusterRole = ({ rules, aggregationRule }: ClusterRole): FieldError[] => [
  ...each('rules', rules, (rule, at) => validateRule(rule, at, false)),
  ...(aggregationRule ? validateAggregation(aggregationRule) : []),
];

function validateAggregation({
  clusterRoleSelectors = [],
}: NonNullable<ClusterRole['aggregationRule']>): FieldError[] {
  const field = 'aggregationRule.clusterRoleSelectors';
  if (clusterRoleSelectors.length === 0)
    return [fieldRequired(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return each(field, clusterRoleSelectors, (selector, at) => validateLabelSelector(at, selector));
}

/** A rule is about resources or about paths, and a Role, which holds in a namespace, knows no paths. */
function validateRule(rule: PolicyRule, at: string, namespaced: boolean): FieldError[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const wrong: FieldError[] = [];
  if (verbs.length === 0) wrong.push(fieldRequired(`${at}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const field = `${at}.nonResourceURLs`;
    if (namespaced)
      wrong.push(fieldInvalid(field, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      wrong.push(
        fieldInvalid(
          field,
          nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      );
    return wrong;
  }
  if (apiGroups.length === 0)
    wrong.push(fieldRequired(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    wrong.push(fieldRequired(`${at}.resources`, 'resource rules must supply at least one resource'));
  return wrong;
}
