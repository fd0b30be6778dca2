import { isTolerated } from '../../api/tolerations.ts';
import type { Score } from '../plugin.ts';

/** Taints with `PreferNoSchedule` that the pod does not tolerate count against the node. */
export const taints: Score = ({ pod }, _world, feasible) => {
  if (!feasible.some(({ node }) => node.spec?.taints?.length)) return undefined;
  return ({ node }) =>
    -(node.spec?.taints ?? []).filter(
      (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, pod.spec?.tolerations),
    ).length;
};
