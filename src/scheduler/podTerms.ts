/**
 * Terms of pod affinity: pods that are meant, and what "near" means.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 */
import { labelSelector, matchesLabels } from '../api/selectors.ts';
import type { Affinity, Pod } from '../api/types.ts';
import type { World } from './plugin.ts';
import type { NodeInfo } from './snapshot.ts';

type Term = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];

/** Whether a pod is one that the term of `owner` speaks of. */
export function termMatcher(owner: Pod, term: Term, world: World): (other: Pod) => boolean {
  const selector = [...labelSelector(term.labelSelector)];
  for (const key of term.matchLabelKeys ?? []) {
    const value = owner.metadata.labels?.[key];
    if (value !== undefined) selector.push({ key, operator: 'in', values: [value] });
  }
  for (const key of term.mismatchLabelKeys ?? []) {
    const value = owner.metadata.labels?.[key];
    if (value !== undefined) selector.push({ key, operator: 'notin', values: [value] });
  }
  const named = new Set(term.namespaces ?? []);
  const byLabels = term.namespaceSelector && labelSelector(term.namespaceSelector);
  if (named.size === 0 && !byLabels) named.add(owner.metadata.namespace ?? '');
  return (other) => {
    const namespace = other.metadata.namespace ?? '';
    const isNear =
      named.has(namespace) || (byLabels && matchesLabels(byLabels, world.namespaceLabels(namespace)));
    return Boolean(isNear) && matchesLabels(selector, other.metadata.labels);
  };
}

/** The part of the cluster that the node is in; absent when it has no such label. */
export const domainOf = (node: NodeInfo, topologyKey: string): string | undefined =>
  node.node.metadata.labels?.[topologyKey];

/** How many pods that match are in each domain. */
export function countByDomain(
  nodes: readonly NodeInfo[],
  topologyKey: string,
  matches: (pod: Pod) => boolean,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const domain = domainOf(node, topologyKey);
    if (domain === undefined) continue;
    let count = counts.get(domain) ?? 0;
    for (const { pod } of node.pods.values()) if (matches(pod)) count++;
    counts.set(domain, count);
  }
  return counts;
}
