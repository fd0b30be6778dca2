import type { Score } from '../plugin.ts';
import { countByDomain, domainOf, termMatcher } from '../podTerms.ts';

/** The preferred halves of pod affinity and anti-affinity: each pod that is near counts the term's weight. */
export const podAffinity: Score = ({ pod }, world) => {
  const { podAffinity: near, podAntiAffinity: far } = pod.spec?.affinity ?? {};
  const preferred = [
    ...(near?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => ({ ...t, sign: 1 })),
    ...(far?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => ({ ...t, sign: -1 })),
  ];
  if (preferred.length === 0) return undefined;
  const nodes = world.snapshot.nodes();
  const terms = preferred.map(({ podAffinityTerm: term, weight, sign }) => ({
    topologyKey: term.topologyKey,
    weight: sign * weight,
    counts: countByDomain(nodes, term.topologyKey, termMatcher(pod, term, world)),
  }));
  return (node) =>
    terms.reduce(
      (sum, { topologyKey, weight, counts }) =>
        sum + weight * (counts.get(domainOf(node, topologyKey) ?? '') ?? 0),
      0,
    );
};
