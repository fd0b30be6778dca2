/**
 * A default role or binding as it should be stored. What is missing comes back when the control plane
 * starts; what its owner has added stays.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
import { isDeepStrictEqual } from 'node:util';
import type { Binding } from '../../api/rbac/binding.ts';
import { autoUpdateAnnotation } from '../../api/rbac/words.ts';
import type { ClusterRole, KubeObject } from '../../api/types.ts';
import { compact, missingRights } from './covers.ts';

/** Undefined when `stored` may stay as it is. */
export function reconciled(wanted: KubeObject, stored: KubeObject): KubeObject | undefined {
  if (stored.metadata.annotations?.[autoUpdateAnnotation] === 'false') return undefined;
  const next = {
    ...stored,
    metadata: { ...stored.metadata, ...marks(wanted, stored) },
    ...('roleRef' in wanted
      ? bindingOf(wanted as Binding, stored as Binding)
      : roleOf(wanted as ClusterRole, stored as ClusterRole)),
  };
  return isDeepStrictEqual(next, stored) ? undefined : next;
}

const marks = ({ metadata: wanted }: KubeObject, { metadata: stored }: KubeObject) => ({
  labels: { ...wanted.labels, ...stored.labels },
  annotations: { ...wanted.annotations, ...stored.annotations },
});

/** An aggregated role's rules are its controller's. */
function roleOf(wanted: ClusterRole, stored: ClusterRole): Partial<ClusterRole> {
  const { aggregationRule } = wanted;
  if (aggregationRule) {
    const selectors = stored.aggregationRule?.clusterRoleSelectors ?? [];
    const missing = (aggregationRule.clusterRoleSelectors ?? []).filter(
      (selector) => !selectors.some((known) => isDeepStrictEqual(known, selector)),
    );
    return { aggregationRule: { clusterRoleSelectors: [...selectors, ...missing] } };
  }
  const rules = stored.rules ?? [];
  // Word for word the same is what it nearly always is, and cheaper to see.
  const other = (wanted.rules ?? []).filter((rule) => !rules.some((known) => isDeepStrictEqual(known, rule)));
  const missing = compact(missingRights(rules, other)) as NonNullable<ClusterRole['rules']>;
  return missing.length > 0 ? { rules: [...rules, ...missing] } : {};
}

/** A binding to another role is another binding: it begins anew. */
function bindingOf(wanted: Binding, stored: Binding): Partial<Binding> {
  const { roleRef, subjects: all = [] } = wanted;
  if (!isDeepStrictEqual(roleRef, stored.roleRef)) return { roleRef, subjects: all };
  const subjects = stored.subjects ?? [];
  const missing = all.filter(
    ({ kind, name, namespace }) =>
      !subjects.some((s) => s.kind === kind && s.name === name && s.namespace === namespace),
  );
  return missing.length > 0 ? { subjects: [...subjects, ...missing] } : {};
}
