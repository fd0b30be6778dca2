/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
import { matchesLabels, type Requirement } from '../api/selectors.ts';
import type { NodeSelectorTerm } from '../api/types.ts';
import type { NodeInfo, PodInfo } from './snapshot.ts';

const operators: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
  Gt: 'gt',
  Lt: 'lt',
};

type Expressions = NodeSelectorTerm['matchExpressions'];

const requirements = (expressions: Expressions): Requirement[] =>
  (expressions ?? []).map(({ key, operator, values = [] }) => ({
    key,
    // The API lets no other operator in; one that is unknown matches nothing.
    operator: operators[operator] ?? 'in',
    values: operator in operators ? values : [],
  }));

/** A term without any expression matches no node. */
export function matchesTerm({ matchExpressions, matchFields }: NodeSelectorTerm, node: NodeInfo): boolean {
  if (!matchExpressions?.length && !matchFields?.length) return false;
  return (
    matchesLabels(requirements(matchExpressions), node.node.metadata.labels) &&
    matchesLabels(requirements(matchFields), { 'metadata.name': node.name })
  );
}

/** What the pod requires of a node: its nodeSelector and its required node affinity. */
export function requiredOf({ pod }: PodInfo): ((node: NodeInfo) => boolean) | undefined {
  const selector = Object.entries(pod.spec?.nodeSelector ?? {});
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (selector.length === 0 && !required) return undefined;
  return (node) =>
    selector.every(([key, value]) => node.node.metadata.labels?.[key] === value) &&
    (!required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node)));
}
