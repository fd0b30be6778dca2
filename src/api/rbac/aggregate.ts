/**
 * The rules of a ClusterRole that is made of others: those of every role that one of its selectors
 * matches, by name, each once.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
import { isDeepStrictEqual } from 'node:util';
import { labelSelector, matchesLabels } from '../selectors.ts';
import type { ClusterRole, PolicyRule } from '../types.ts';

/** Undefined for a role that says its rules itself. */
export function aggregatedRules(role: ClusterRole, all: Iterable<ClusterRole>): PolicyRule[] | undefined {
  if (!role.aggregationRule) return undefined;
  const byName = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
    const wanted = labelSelector(selector);
    for (const { metadata, rules: own = [] } of byName) {
      if (metadata.name === role.metadata.name || !matchesLabels(wanted, metadata.labels)) continue;
      rules.push(...own.filter((rule) => !rules.some((known) => isDeepStrictEqual(known, rule))));
    }
  }
  return rules;
}
