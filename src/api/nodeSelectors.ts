/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
import { matchesLabels, type Requirement } from './selectors.ts';
import type { Node, NodeSelectorTerm, PodSpec } from './types.ts';

const operators: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
  Gt: 'gt',
  Lt: 'lt',
};

const requirements = (expressions: NodeSelectorTerm['matchExpressions']): Requirement[] =>
  (expressions ?? []).map(({ key, operator, values = [] }) => ({
    key,
    // The API lets no other operator in; one that is unknown matches nothing.
    operator: operators[operator] ?? 'in',
    values: operator in operators ? values : [],
  }));

/** A term without any expression matches no node. */
export function matchesNodeTerm({ matchExpressions, matchFields }: NodeSelectorTerm, node: Node): boolean {
  if (!matchExpressions?.length && !matchFields?.length) return false;
  return (
    matchesLabels(requirements(matchExpressions), node.metadata.labels) &&
    matchesLabels(requirements(matchFields), { 'metadata.name': node.metadata.name })
  );
}

/** Whether the node is one that the pod requires by nodeSelector and required node affinity. */
export function isNodeRequiredBy({ nodeSelector, affinity }: Partial<PodSpec>, node: Node): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (!required || required.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node)))
  );
}
