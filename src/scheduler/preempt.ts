/**
 * Room for a pod that fits nowhere: pods of lower priority that would have to go, on the node where that
 * costs least.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#preemption
 */
import { labelSelector, matchesLabels } from '../api/selectors.ts';
import type { Pod, PodDisruptionBudget } from '../api/types.ts';
import { checksOf, firstRefusal } from './decide.ts';
import { hopeless } from './filter/index.ts';
import type { World } from './plugin.ts';
import type { NodeInfo, PodInfo } from './snapshot.ts';

export type Preemption = { node: string; victims: readonly Pod[] } | { message: string };

export const priorityOf = (pod: Pod): number => pod.spec?.priority ?? 0;

export function preempt(
  pod: PodInfo,
  world: World,
  budgets: (namespace: string) => readonly PodDisruptionBudget[],
): Preemption {
  const nodes = world.snapshot.nodes();
  if (nodes.length === 0) return { message: '' };
  if (pod.pod.spec?.preemptionPolicy === 'Never')
    return { message: 'not eligible due to preemptionPolicy=Never.' };
  if (isMakingRoom(pod.pod, world))
    return { message: 'not eligible due to a terminating pod on the nominated node.' };
  const chances = checksOf(pod, world, hopeless);
  const reasons = new Map<string, number>();
  const candidates: Candidate[] = [];
  for (const node of nodes) {
    const found = firstRefusal(chances, node)
      ? 'Preemption is not helpful for scheduling'
      : (victimsOn(node, pod, world, budgets) ?? 'No preemption victims found for incoming pod');
    if (typeof found === 'string') reasons.set(found, (reasons.get(found) ?? 0) + 1);
    else candidates.push(found);
  }
  const best = candidates.toSorted(byCost)[0];
  if (best) return { node: best.node, victims: best.victims };
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return { message: `0/${nodes.length} nodes are available: ${counted.join(', ')}.` };
}

/** Who has been promised a node waits for those that end there. */
function isMakingRoom(pod: Pod, { snapshot }: World): boolean {
  const node = snapshot.node(pod.status?.nominatedNodeName ?? '');
  return [...(node?.pods.values() ?? [])].some(
    (other) => other.pod.metadata.deletionTimestamp && priorityOf(other.pod) < priorityOf(pod),
  );
}

interface Candidate {
  node: string;
  victims: readonly Pod[];
  /** Victims whose budget does not allow it. */
  violations: number;
}

/** As few as the pod needs gone: those that are worth most are spared first. */
function victimsOn(
  node: NodeInfo,
  pod: PodInfo,
  world: World,
  budgets: (namespace: string) => readonly PodDisruptionBudget[],
): Candidate | undefined {
  const lower = [...node.pods.values()].filter((other) => priorityOf(other.pod) < priorityOf(pod.pod));
  if (lower.length === 0) return undefined;
  const { snapshot } = world;
  const fits = () => firstRefusal(checksOf(pod, world), node) === undefined;
  for (const { key } of lower) snapshot.removePod(key);
  const victims: PodInfo[] = [];
  try {
    if (!fits()) return undefined;
    const { violating, others } = byBudget(lower.toSorted(byWorth), budgets);
    let violations = 0;
    for (const other of [...violating, ...others]) {
      snapshot.setPod(other, node.name);
      if (fits()) continue;
      snapshot.removePod(other.key);
      victims.push(other);
      if (violating.includes(other)) violations++;
    }
    return { node: node.name, victims: victims.map((v) => v.pod), violations };
  } finally {
    for (const victim of lower) snapshot.setPod(victim, node.name);
  }
}

/** The most important first, and of equal ones the one that runs longest. */
const byWorth = (a: PodInfo, b: PodInfo): number =>
  priorityOf(b.pod) - priorityOf(a.pod) || startOf(a.pod) - startOf(b.pod);

const startOf = (pod: Pod): number =>
  Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? '') || 0;

/** Each budget lets as many go as it allows, and no more. */
function byBudget(
  pods: readonly PodInfo[],
  budgets: (namespace: string) => readonly PodDisruptionBudget[],
): { violating: PodInfo[]; others: PodInfo[] } {
  const left = new Map<string, number>();
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    const { namespace = '', labels, name } = info.pod.metadata;
    let isViolation = false;
    for (const { metadata, spec, status } of budgets(namespace)) {
      const selector = labelSelector(spec?.selector);
      if (!labels || selector.length === 0 || !matchesLabels(selector, labels)) continue;
      // The eviction API has reckoned with it already.
      if (status?.disruptedPods?.[name]) continue;
      const key = `${namespace}/${metadata.name}`;
      const allowed = (left.get(key) ?? status?.disruptionsAllowed ?? 0) - 1;
      left.set(key, allowed);
      if (allowed < 0) isViolation = true;
    }
    (isViolation ? violating : others).push(info);
  }
  return { violating, others };
}

/** The order in which Kubernetes chooses a node. */
function byCost(a: Candidate, b: Candidate): number {
  const worst = ({ victims }: Candidate) => Math.max(...victims.map(priorityOf));
  const sum = ({ victims }: Candidate) => victims.reduce((total, v) => total + priorityOf(v) + 2 ** 31, 0);
  const latest = (c: Candidate) =>
    Math.min(...c.victims.filter((v) => priorityOf(v) === worst(c)).map(startOf));
  return (
    a.violations - b.violations ||
    worst(a) - worst(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    latest(b) - latest(a) ||
    (a.node < b.node ? -1 : 1)
  );
}
