import { matchesTerm } from '../nodeSelector.ts';
import type { Score } from '../plugin.ts';

/** The preferred half of node affinity: the weights of the terms that the node matches. */
export const nodeAffinity: Score = ({ pod }) => {
  const terms = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (terms.length === 0) return undefined;
  return (node) =>
    terms.filter((term) => matchesTerm(term.preference, node)).reduce((sum, term) => sum + term.weight, 0);
};
