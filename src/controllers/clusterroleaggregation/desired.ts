/** Which roles a change of one means work for, and what their rules shall be. */
import { isDeepStrictEqual } from 'node:util';
import { aggregatedRules } from '../../api/rbac/aggregate.ts';
import { labelSelector, matchesLabels } from '../../api/selectors.ts';
import type { ClusterRole } from '../../api/types.ts';

/** The names of the roles that are made of these, before or after their change, and of these themselves. */
export function* affected(changed: readonly ClusterRole[], all: Iterable<ClusterRole>): Generator<string> {
  const itself = new Set(changed.filter(isMade).map(({ metadata }) => metadata.name));
  yield* itself;
  for (const role of all)
    if (!itself.has(role.metadata.name) && changed.some((part) => isPart(part, role)))
      yield role.metadata.name;
}

/** Undefined when the role is as it should be. */
export function withRules(role: ClusterRole, all: Iterable<ClusterRole>): ClusterRole | undefined {
  const rules = aggregatedRules(role, all);
  if (!rules || isDeepStrictEqual(rules, role.rules ?? [])) return undefined;
  return { ...role, rules };
}

const isMade = ({ aggregationRule }: ClusterRole): boolean => aggregationRule !== undefined;

const isPart = ({ metadata }: ClusterRole, { aggregationRule }: ClusterRole): boolean =>
  (aggregationRule?.clusterRoleSelectors ?? []).some((selector) =>
    matchesLabels(labelSelector(selector), metadata.labels),
  );
