/** The decision for one pod: the best node it fits on, or why there is none. */
import { filters, gates } from './filter/index.ts';
import type { Check, Filter, World } from './plugin.ts';
import { scores } from './score/index.ts';
import type { NodeInfo, PodInfo } from './snapshot.ts';

export type Decision = { node: string } | { message: string };

export function decide(pod: PodInfo, world: World): Decision {
  const nodes = world.snapshot.nodes();
  if (nodes.length === 0) return { message: 'no nodes available to schedule pods' };
  for (const gate of gates) {
    const why = gate(pod, world);
    if (why !== undefined) return { message: `0/${nodes.length} nodes are available: ${why}.` };
  }
  const checks = checksOf(pod, world);
  const feasible: NodeInfo[] = [];
  const refusals = new Map<string, number>();
  for (const node of nodes) {
    const reasons = firstRefusal(checks, node);
    if (!reasons) feasible.push(node);
    for (const reason of reasons ?? []) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }
  const best = feasible.length > 1 ? bestOf(pod, world, feasible) : feasible[0];
  return best ? { node: best.name } : { message: explain(nodes.length, refusals) };
}

/** What each filter says of a node. */
export const checksOf = (pod: PodInfo, world: World, asked: readonly Filter[] = filters): Check[] =>
  asked.map((filter) => filter(pod, world)).filter((check) => check !== undefined);

export function firstRefusal(checks: readonly Check[], node: NodeInfo): readonly string[] | undefined {
  for (const check of checks) {
    const reasons = check(node);
    if (reasons.length > 0) return reasons;
  }
  return undefined;
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.` */
function explain(nodeCount: number, refusals: ReadonlyMap<string, number>): string {
  const counted = [...refusals].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${counted.join(', ')}.`;
}

function bestOf(pod: PodInfo, world: World, feasible: readonly NodeInfo[]): NodeInfo | undefined {
  const totals = new Map(feasible.map((node) => [node, 0]));
  for (const { score, weight, isShare } of scores) {
    const of = score(pod, world, feasible);
    if (!of) continue;
    const values = feasible.map(of);
    const low = Math.min(...values);
    const range = Math.max(...values) - low;
    for (const [i, node] of feasible.entries()) {
      const value = values[i] ?? 0;
      // What is no share of a hundred already is stretched from the worst to the best node.
      const hundredths = isShare ? value : range === 0 ? 0 : (100 * (value - low)) / range;
      totals.set(node, (totals.get(node) ?? 0) + weight * hundredths);
    }
  }
  return feasible.toSorted(
    (a, b) =>
      (totals.get(b) ?? 0) - (totals.get(a) ?? 0) || a.pods.size - b.pods.size || (a.name < b.name ? -1 : 1),
  )[0];
}
