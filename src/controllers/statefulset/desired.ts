/**
 * Which pod of a StatefulSet is made, replaced or removed next.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees
 */
import type { Pod, StatefulSet } from '../../api/types.ts';
import { availableInMs, isReady, isTerminal, isTerminating } from '../pods.ts';
import { ordinalOf, podName } from './pod.ts';
import { hasRevision } from './revisions.ts';

export type Status = NonNullable<StatefulSet['status']>;

export interface Revisions {
  /** Names of ControllerRevisions: what pods had before the update, and what they shall have. */
  current: string;
  update: string;
}

export interface Desired {
  create: { ordinal: number; revision: string }[];
  remove: Pod[];
  status: Status;
  againMs?: number;
}

export function desired(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, now: number): Desired {
  const count = set.spec?.replicas ?? 1;
  const start = set.spec?.ordinals?.start ?? 0;
  const numbered = new Map<number, Pod>();
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal !== undefined) numbered.set(ordinal, pod);
  }
  const wanted = Array.from({ length: count }, (_, i) => start + i);
  const beyond = [...numbered.keys()].filter((n) => n < start || n >= start + count).sort((a, b) => b - a);
  const health = healthOf(set, now);
  const step = set.metadata.deletionTimestamp
    ? nothing
    : nextStep(set, { wanted, beyond, numbered }, revisions, health);
  const { status, againMs } = statusOf(set, [...numbered.values()], revisions, now);
  return { ...step, status, ...(againMs !== undefined && { againMs }) };
}

interface Step {
  create: { ordinal: number; revision: string }[];
  remove: Pod[];
}

interface Layout {
  /** The numbers that should be there, in order. */
  wanted: readonly number[];
  /** Numbers of pods that should not, the highest first. */
  beyond: readonly number[];
  numbered: ReadonlyMap<number, Pod>;
}

interface Health {
  running(pod: Pod): boolean;
  available(pod: Pod): boolean;
}

const nothing: Step = { create: [], remove: [] };

function healthOf(set: StatefulSet, now: number): Health {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const running = (pod: Pod) => pod.status?.phase === 'Running' && isReady(pod) && !isTerminating(pod);
  return { running, available: (pod) => running(pod) && availableInMs(pod, minReadySeconds, now) === 0 };
}

function nextStep(set: StatefulSet, layout: Layout, revisions: Revisions, health: Health): Step {
  const inOrder = set.spec?.podManagementPolicy !== 'Parallel';
  const step: Step = { create: [], remove: [] };

  for (const [index, ordinal] of layout.wanted.entries()) {
    const pod = layout.numbered.get(ordinal);
    if (!pod) step.create.push({ ordinal, revision: revisionFor(set, revisions, index) });
    else if (isTerminal(pod) && !isTerminating(pod)) step.remove.push(pod);
    if (inOrder && (!pod || step.remove.length > 0 || !health.available(pod))) {
      // A pod of a version that never gets ready would hold up the update that repairs it.
      return isEmpty(step) && pod ? repair(set, pod, index, layout, revisions) : step;
    }
  }
  for (const ordinal of layout.beyond) {
    const pod = layout.numbered.get(ordinal);
    if (pod && !isTerminating(pod)) step.remove.push(pod);
    if (inOrder) return step;
  }
  return isEmpty(step) ? nextUpdate(set, layout, revisions, health) : step;
}

const isEmpty = (step: Step): boolean => step.create.length + step.remove.length === 0;

const isRolling = (set: StatefulSet): boolean => set.spec?.updateStrategy?.type !== 'OnDelete';
const partitionOf = (set: StatefulSet): number => set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;

/** A pod below the partition, or that the update has not reached yet, comes back as it was. */
function revisionFor(set: StatefulSet, { current, update }: Revisions, index: number): string {
  if (!isRolling(set)) return update;
  const reached = (set.spec?.replicas ?? 1) - (set.status?.updatedReplicas ?? 0);
  const isOld = index < partitionOf(set) || (current !== update && index < reached && isUpdating(set, update));
  return isOld ? current : update;
}

/** False right after the template changed, and for a set that never had a pod. */
const isUpdating = (set: StatefulSet, update: string): boolean =>
  set.status?.updateRevision === update && (set.status?.currentReplicas ?? 0) > 0;

/** The highest pod of another revision goes, when all above it are well again. */
function nextUpdate(set: StatefulSet, layout: Layout, { update }: Revisions, health: Health): Step {
  if (!isRolling(set)) return nothing;
  for (const ordinal of layout.wanted.slice(partitionOf(set)).toReversed()) {
    const pod = layout.numbered.get(ordinal);
    if (!pod) return nothing;
    if (!hasRevision(pod, update)) return isTerminating(pod) ? nothing : { create: [], remove: [pod] };
    if (!health.available(pod)) return nothing;
  }
  return nothing;
}

function repair(set: StatefulSet, pod: Pod, index: number, layout: Layout, { update }: Revisions): Step {
  const isTurn =
    isRolling(set) &&
    index >= partitionOf(set) &&
    !hasRevision(pod, update) &&
    !isTerminating(pod) &&
    layout.wanted
      .slice(index + 1)
      .every((n) => layout.numbered.get(n) === undefined || hasRevision(layout.numbered.get(n) as Pod, update));
  return isTurn ? { create: [], remove: [pod] } : nothing;
}

function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  now: number,
): { status: Status; againMs?: number } {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const live = pods.filter((pod) => !isTerminal(pod));
  const ready = live.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const waits = ready.map((pod) => availableInMs(pod, minReadySeconds, now) ?? 0);
  const of = (revision: string) => live.filter((p) => hasRevision(p, revision) && !isTerminating(p)).length;
  const wanted = set.spec?.replicas ?? 1;
  const updated = of(revisions.update);
  const isDone =
    isRolling(set) && updated === wanted && live.length === wanted && ready.length === wanted && partitionOf(set) === 0;
  const currentRevision = isDone ? revisions.update : revisions.current;
  const status: Status = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: live.length,
    readyReplicas: ready.length,
    availableReplicas: waits.filter((ms) => ms === 0).length,
    currentReplicas: of(currentRevision),
    updatedReplicas: updated,
    currentRevision,
    updateRevision: revisions.update,
    collisionCount: set.status?.collisionCount ?? 0,
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
  const later = waits.filter((ms) => ms > 0);
  return later.length > 0 ? { status, againMs: Math.min(...later) } : { status };
}

/** The pod's identity was changed by somebody: it no longer is what its number says. */
export const isMisnamed = (set: StatefulSet, pod: Pod): boolean => {
  const ordinal = ordinalOf(set, pod);
  return ordinal === undefined || podName(set, ordinal) !== pod.metadata.name;
};
