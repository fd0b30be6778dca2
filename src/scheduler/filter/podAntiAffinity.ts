import { type Filter, fits } from '../plugin.ts';
import { countByDomain, domainOf, termMatcher } from '../podTerms.ts';

const own = ["node(s) didn't match pod anti-affinity rules"];
const others = ["node(s) didn't satisfy existing pods anti-affinity rules"];

/** Pods that the pod keeps away from, and pods that keep it away. */
export const podAntiAffinity: Filter = ({ pod }, world) => {
  const terms = pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const nodes = world.snapshot.nodes();
  const counts = terms.map((term) => ({
    topologyKey: term.topologyKey,
    count: countByDomain(nodes, term.topologyKey, termMatcher(pod, term, world)),
  }));
  const forbidden = forbiddenDomains(pod, world);
  if (counts.length === 0 && forbidden.size === 0) return undefined;
  return (node) => {
    for (const { topologyKey, count } of counts)
      if ((count.get(domainOf(node, topologyKey) ?? '') ?? 0) > 0) return own;
    for (const [topologyKey, domains] of forbidden)
      if (domains.has(domainOf(node, topologyKey) ?? '')) return others;
    return fits;
  };
};

function forbiddenDomains(
  pod: Parameters<Filter>[0]['pod'],
  world: Parameters<Filter>[1],
): Map<string, Set<string>> {
  const forbidden = new Map<string, Set<string>>();
  for (const { node, info } of world.snapshot.repelling()) {
    const terms =
      info.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const term of terms) {
      const domain = domainOf(node, term.topologyKey);
      if (domain === undefined || !termMatcher(info.pod, term, world)(pod)) continue;
      const domains = forbidden.get(term.topologyKey) ?? new Set();
      forbidden.set(term.topologyKey, domains.add(domain));
    }
  }
  return forbidden;
}
