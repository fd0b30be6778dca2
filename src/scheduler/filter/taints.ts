import { isTolerated } from '../../api/tolerations.ts';
import type { Taint } from '../../api/types.ts';
import { type Filter, fits } from '../plugin.ts';

/** Which taints is not said: whoever may see the pod need not know them. */
export const reason = ['node(s) had untolerated taint(s)'];

const repels = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export const taints: Filter =
  ({ pod }) =>
  ({ node }) =>
    (node.spec?.taints ?? []).every((taint) => !repels(taint) || isTolerated(taint, pod.spec?.tolerations))
      ? fits
      : reason;
