import { type Filter, fits } from '../plugin.ts';
import { countByDomain, domainOf, termMatcher } from '../podTerms.ts';

const reason = ["node(s) didn't match pod affinity rules"];

/** Pods that the pod must be near to. The first of a group that only wants its like may begin anywhere. */
export const podAffinity: Filter = ({ pod }, world) => {
  const terms = pod.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (terms.length === 0) return undefined;
  const matchers = terms.map((term) => termMatcher(pod, term, world));
  const matchesAll = (other: typeof pod) => matchers.every((matches) => matches(other));
  const nodes = world.snapshot.nodes();
  const counts = terms.map(({ topologyKey }) => countByDomain(nodes, topologyKey, matchesAll));
  const isFirst = matchesAll(pod) && counts.every((count) => [...count.values()].every((n) => n === 0));
  return (node) => {
    const isNear = terms.every(({ topologyKey }, i) => {
      const domain = domainOf(node, topologyKey);
      return domain !== undefined && (isFirst || (counts[i]?.get(domain) ?? 0) > 0);
    });
    return isNear ? fits : reason;
  };
};
