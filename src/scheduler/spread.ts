/**
 * How many pods of a kind each part of the cluster has.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import { labelSelector, matchesLabels } from '../api/selectors.ts';
import { isTolerated } from '../api/tolerations.ts';
import type { Pod, PodSpec } from '../api/types.ts';
import { requiredOf } from './nodeSelector.ts';
import type { World } from './plugin.ts';
import { countByDomain, domainOf } from './podTerms.ts';
import type { NodeInfo, PodInfo } from './snapshot.ts';

type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

export interface Spread {
  constraint: Constraint;
  counts: Map<string, number>;
  /** 1 when the pod itself would be counted, else 0. */
  self: number;
}

export const constraintsOf = ({ pod }: PodInfo, when: Constraint['whenUnsatisfiable']): Constraint[] =>
  (pod.spec?.topologySpreadConstraints ?? []).filter((c) => c.whenUnsatisfiable === when);

export function spreadOf(pod: PodInfo, constraints: readonly Constraint[], world: World): Spread[] {
  const keys = constraints.map((c) => c.topologyKey);
  const labelled = world.snapshot.nodes().filter((n) => keys.every((k) => domainOf(n, k) !== undefined));
  return constraints.map((constraint) => {
    const matches = matcherOf(pod.pod, constraint);
    const counted = labelled.filter((node) => isCounted(pod, constraint, node));
    const counts = countByDomain(counted, constraint.topologyKey, matches);
    return { constraint, counts, self: matches(pod.pod) ? 1 : 0 };
  });
}

function matcherOf(pod: Pod, constraint: Constraint): (other: Pod) => boolean {
  const selector = [...labelSelector(constraint.labelSelector)];
  for (const key of constraint.matchLabelKeys ?? []) {
    const value = pod.metadata.labels?.[key];
    if (value !== undefined) selector.push({ key, operator: 'in', values: [value] });
  }
  return (other) =>
    other.metadata.namespace === pod.metadata.namespace &&
    !other.metadata.deletionTimestamp &&
    matchesLabels(selector, other.metadata.labels);
}

/** By default a node that the pod could never be on does not count, and one that is tainted does. */
function isCounted(pod: PodInfo, constraint: Constraint, node: NodeInfo): boolean {
  if (constraint.nodeAffinityPolicy !== 'Ignore' && requiredOf(pod)?.(node) === false) return false;
  if (constraint.nodeTaintsPolicy !== 'Honor') return true;
  const taints = (node.node.spec?.taints ?? []).filter((t) => t.effect !== 'PreferNoSchedule');
  return taints.every((taint) => isTolerated(taint, pod.pod.spec?.tolerations));
}
