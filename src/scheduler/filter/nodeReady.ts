import { isTolerated } from '../../api/tolerations.ts';
import { type Filter, fits } from '../plugin.ts';
import { reason } from './taints.ts';

const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/**
 * A node that is not ready gets its taint from a controller a moment later; until then it is taken as
 * tainted already, so that no pod slips in between.
 */
export const nodeReady: Filter = ({ pod }) => {
  if (isTolerated(taint, pod.spec?.tolerations)) return undefined;
  return ({ node }) =>
    node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ? fits : reason;
};
