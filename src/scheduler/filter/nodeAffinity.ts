import { requiredOf } from '../nodeSelector.ts';
import { type Filter, fits } from '../plugin.ts';

const reason = ["node(s) didn't match Pod's node affinity/selector"];

/** `nodeSelector` and the required half of node affinity. */
export const nodeAffinity: Filter = (pod) => {
  const matches = requiredOf(pod);
  return matches && ((node) => (matches(node) ? fits : reason));
};
