import { isTolerated } from '../../api/tolerations.ts';
import { type Filter, fits } from '../plugin.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const reason = ['node(s) were unschedulable'];

/** `kubectl cordon` keeps everything away that does not tolerate it. */
export const nodeUnschedulable: Filter = ({ pod }) => {
  if (isTolerated(taint, pod.spec?.tolerations)) return undefined;
  return ({ node }) => (node.spec?.unschedulable ? reason : fits);
};
