/**
 * What is said of a node that is not heard of, and what keeps pods away from one that is not well.
 * https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
 */
import type { Node, Pod, Taint } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { podCondition } from '../pods.ts';

type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

const heardOf = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

export const readiness = (node: Node): string | undefined =>
  node.status?.conditions?.find((c) => c.type === 'Ready')?.status;

/** The conditions when the kubelet is silent: nobody knows. Absent when they say so already. */
export function unknownConditions(node: Node, now: number): NodeCondition[] | undefined {
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of heardOf) {
    const at = conditions.findIndex((c) => c.type === type);
    const before = conditions[at];
    if (before?.status === 'Unknown') continue;
    const isNew = before === undefined;
    const unknown: NodeCondition = {
      type,
      status: 'Unknown',
      reason: isNew ? 'NodeStatusNeverUpdated' : 'NodeStatusUnknown',
      message: isNew ? 'Kubelet never posted node status.' : 'Kubelet stopped posting node status.',
      lastHeartbeatTime: before?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? rfc3339(now),
      lastTransitionTime: rfc3339(now),
    };
    if (isNew) conditions.push(unknown);
    else conditions[at] = unknown;
    changed = true;
  }
  return changed ? conditions : undefined;
}

const taintOf = {
  notReady: 'node.kubernetes.io/not-ready',
  unreachable: 'node.kubernetes.io/unreachable',
  unschedulable: 'node.kubernetes.io/unschedulable',
} as const;

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition */
const byCondition: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const ours = new Set<string>([...Object.values(taintOf), ...Object.values(byCondition)]);

/** All taints of the node as they should be; those of others stay, and ours keep their time. */
export function taintsOf(node: Node, now: number): Taint[] {
  const before = node.spec?.taints ?? [];
  const wanted = wantedTaints(node).map((taint) => {
    const known = before.find((t) => t.key === taint.key && t.effect === taint.effect);
    return known ?? { ...taint, timeAdded: rfc3339(now) };
  });
  return [...before.filter((t) => !ours.has(t.key)), ...wanted];
}

function wantedTaints(node: Node): Taint[] {
  const keys: Taint[] = [];
  const ready = readiness(node);
  if (ready !== 'True') {
    const key = ready === 'False' ? taintOf.notReady : taintOf.unreachable;
    // Before its first status a node is not ready, and not unreachable.
    const first = ready === undefined ? taintOf.notReady : key;
    keys.push({ key: first, effect: 'NoSchedule' });
    if (ready !== undefined) keys.push({ key, effect: 'NoExecute' });
  }
  if (node.spec?.unschedulable) keys.push({ key: taintOf.unschedulable, effect: 'NoSchedule' });
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = byCondition[type];
    if (key && status === 'True') keys.push({ key, effect: 'NoSchedule' });
  }
  return keys;
}

/** The pod as one that nobody must be sent to; absent when it is that already. */
export function notReadyPod(pod: Pod, now: number): Pod | undefined {
  if (podCondition(pod, 'Ready')?.status !== 'True') return undefined;
  const conditions = (pod.status?.conditions ?? []).map((c) =>
    c.type === 'Ready'
      ? { ...c, status: 'False', reason: 'NodeNotReady', lastTransitionTime: rfc3339(now) }
      : c,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}
