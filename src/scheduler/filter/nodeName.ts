import { type Filter, fits } from '../plugin.ts';

const reason = ["node(s) didn't match the requested node name"];

/** A pod that names its node fits no other. */
export const nodeName: Filter = ({ pod }) => {
  const wanted = pod.spec?.nodeName;
  if (!wanted) return undefined;
  return ({ name }) => (name === wanted ? fits : reason);
};
