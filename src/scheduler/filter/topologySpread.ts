import { type Filter, fits } from '../plugin.ts';
import { domainOf } from '../podTerms.ts';
import { constraintsOf, type Spread, spreadOf } from '../spread.ts';

const uneven = ["node(s) didn't match pod topology spread constraints"];
const unlabelled = ["node(s) didn't match pod topology spread constraints (missing required label)"];

/** `topologySpreadConstraints` with `DoNotSchedule`. */
export const topologySpread: Filter = (pod, world) => {
  const constraints = constraintsOf(pod, 'DoNotSchedule');
  if (constraints.length === 0) return undefined;
  const spreads = spreadOf(pod, constraints, world).map((spread) => ({ ...spread, least: leastOf(spread) }));
  return (node) => {
    for (const { constraint, counts, self, least } of spreads) {
      const domain = domainOf(node, constraint.topologyKey);
      if (domain === undefined) return unlabelled;
      if ((counts.get(domain) ?? 0) + self - least > constraint.maxSkew) return uneven;
    }
    return fits;
  };
};

/** With fewer domains than `minDomains` the missing ones count as empty. */
const leastOf = ({ constraint, counts }: Spread): number =>
  counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
