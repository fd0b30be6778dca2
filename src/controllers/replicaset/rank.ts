/**
 * Which pod is missed least when a ReplicaSet shrinks.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
 */
import type { Pod } from '../../api/types.ts';
import { isActive, isReady, podCondition } from '../pods.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phases = ['Pending', 'Unknown', 'Running'];

/** A list of numbers a pod; the smaller list in the order of its numbers goes first. */
type Rank = number[];

export function byDeletionPreference(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const crowd = new Map<string, number>();
  for (const pod of related) {
    if (!isActive(pod)) continue;
    const node = pod.spec?.nodeName ?? '';
    crowd.set(node, (crowd.get(node) ?? 0) + 1);
  }
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod, crowd, now) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ pod }) => pod);
}

function rankOf(pod: Pod, crowd: ReadonlyMap<string, number>, now: number): Rank {
  const ready = isReady(pod);
  const node = pod.spec?.nodeName ?? '';
  return [
    node === '' ? 0 : 1,
    phases.indexOf(pod.status?.phase ?? 'Pending'),
    ready ? 1 : 0,
    Number(pod.metadata.annotations?.[deletionCost] ?? 0) || 0,
    -(crowd.get(node) ?? 0),
    ready ? ageStep(podCondition(pod, 'Ready')?.lastTransitionTime, now) : 0,
    -Math.max(0, ...(pod.status?.containerStatuses ?? []).map((c) => c.restartCount)),
    ageStep(pod.metadata.creationTimestamp, now),
  ];
}

/** Ages are compared by their powers of ten only, so that among pods of about one age none is preferred. */
function ageStep(time: string | undefined, now: number): number {
  const seconds = (now - Date.parse(time ?? '')) / 1000;
  return seconds >= 1 ? Math.floor(Math.log10(seconds)) : 0;
}

function compare(a: Rank, b: Rank): number {
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
