/**
 * Which pod of a StatefulSet is made, replaced or removed next.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees
 */
import type { Pod, StatefulSet } from '../../api/types.ts';
import { availableInMs, isReady, isTerminal, isTerminating } from '../pods.ts';
import { ordinalOf } from './pod.ts';
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
  const step = set.metadata.deletionTimestamp
    ? nothing
    : nextStep(set, { wanted, beyond, numbered }, revisions, availability(set, now));
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

const nothing: Step = { create: [], remove: [] };

type IsAvailable = (pod: Pod) => boolean;

const availability =
  (set: StatefulSet, now: number): IsAvailable =>
  (pod) =>
    isRunning(pod) && !isTerminating(pod) && availableInMs(pod, set.spec?.minReadySeconds ?? 0, now) === 0;

const isRunning = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);

function nextStep(set: StatefulSet, layout: Layout, revisions: Revisions, isAvailable: IsAvailable): Step {
  const inOrder = set.spec?.podManagementPolicy !== 'Parallel';
  const step: Step = { create: [], remove: [] };
  for (const [index, ordinal] of layout.wanted.entries()) {
    const pod = layout.numbered.get(ordinal);
    if (pod && isAvailable(pod)) continue;
    if (!pod) step.create.push({ ordinal, revision: revisionFor(set, revisions, index) });
    else if (isTerminal(pod) && !isTerminating(pod)) step.remove.push(pod);
    if (inOrder) return step;
  }
  for (const ordinal of layout.beyond) {
    const pod = layout.numbered.get(ordinal);
    if (pod && !isTerminating(pod)) step.remove.push(pod);
    if (inOrder) return step;
  }
  const isSettled = step.create.length + step.remove.length === 0;
  return isSettled ? nextUpdate(set, layout, revisions, isAvailable) : step;
}

const isRolling = (set: StatefulSet): boolean => set.spec?.updateStrategy?.type !== 'OnDelete';
const partitionOf = (set: StatefulSet): number => set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;

/** A pod below the partition comes back as it was. */
const revisionFor = (set: StatefulSet, { current, update }: Revisions, index: number): string =>
  isRolling(set) && index < partitionOf(set) ? current : update;

/** The highest pod of another revision goes, when all above it are well again. */
function nextUpdate(set: StatefulSet, layout: Layout, { update }: Revisions, isAvailable: IsAvailable): Step {
  if (!isRolling(set)) return nothing;
  for (const ordinal of layout.wanted.slice(partitionOf(set)).toReversed()) {
    const pod = layout.numbered.get(ordinal);
    if (!pod || isTerminating(pod)) return nothing;
    if (!hasRevision(pod, update)) return { create: [], remove: [pod] };
    if (!isAvailable(pod)) return nothing;
  }
  return nothing;
}

function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  now: number,
): { status: Status; againMs?: number } {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const ready = pods.filter(isRunning);
  const waits = ready.map((pod) => availableInMs(pod, minReadySeconds, now) ?? 0);
  const of = (revision: string) => pods.filter((p) => hasRevision(p, revision) && !isTerminating(p)).length;
  const wanted = set.spec?.replicas ?? 1;
  const updated = of(revisions.update);
  const isDone = isRolling(set) && updated === wanted && pods.length === wanted && ready.length === wanted;
  const currentRevision = isDone ? revisions.update : revisions.current;
  const status: Status = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
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
