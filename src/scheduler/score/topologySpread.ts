import type { Score } from '../plugin.ts';
import { domainOf } from '../podTerms.ts';
import { constraintsOf, spreadOf } from '../spread.ts';

/** `topologySpreadConstraints` with `ScheduleAnyway`: the fewer of its like are near, the better. */
export const topologySpread: Score = (pod, world) => {
  const constraints = constraintsOf(pod, 'ScheduleAnyway');
  if (constraints.length === 0) return undefined;
  const spreads = spreadOf(pod, constraints, world);
  return (node) =>
    -spreads.reduce((sum, { constraint, counts }) => {
      const domain = domainOf(node, constraint.topologyKey);
      // A node outside all domains is the last choice.
      const most = Math.max(0, ...counts.values()) + 1;
      return sum + (domain === undefined ? most : (counts.get(domain) ?? 0)) / constraint.maxSkew;
    }, 0);
};
