/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
import { isNodeRequiredBy, matchesNodeTerm } from '../api/nodeSelectors.ts';
import type { NodeSelectorTerm } from '../api/types.ts';
import type { NodeInfo, PodInfo } from './snapshot.ts';

export const matchesTerm = (term: NodeSelectorTerm, { node }: NodeInfo): boolean =>
  matchesNodeTerm(term, node);

/** What the pod requires of a node: its nodeSelector and its required node affinity. */
export function requiredOf({ pod }: PodInfo): ((node: NodeInfo) => boolean) | undefined {
  const { spec } = pod;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!spec || (Object.keys(spec.nodeSelector ?? {}).length === 0 && !required)) return undefined;
  return ({ node }) => isNodeRequiredBy(spec, node);
}
