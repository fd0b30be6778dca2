/**
 * How many pods of a ReplicaSet are missing, or which of them go, and what its status says.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { conditionOf, withCondition, withoutCondition } from '../conditions.ts';
import { availableInMs, isActive, isReady, isTerminal, isTerminating } from '../pods.ts';
import { hasAll } from '../selection.ts';
import { byDeletionPreference } from './rank.ts';

export type Status = NonNullable<ReplicaSet['status']>;

export interface Failure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

/** In one sync at most so many pods are made or removed. */
const burst = 500;

/** `related`: pods of the same deployment, on which nodes they are decides which pod is the least missed. */
export function desired(
  set: ReplicaSet,
  owned: readonly Pod[],
  related: readonly Pod[],
  now: number,
): { create: number; remove: Pod[] } {
  if (set.metadata.deletionTimestamp) return { create: 0, remove: [] };
  const active = owned.filter(isActive);
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing >= 0) return { create: Math.min(missing, burst), remove: [] };
  const excess = Math.min(-missing, burst);
  return { create: 0, remove: byDeletionPreference(active, related, now).slice(0, excess) };
}

/** `again`: after so many milliseconds another pod becomes available, and nothing else will tell. */
export function statusOf(
  set: ReplicaSet,
  owned: readonly Pod[],
  failure: Failure | undefined,
  now: number,
): { status: Status; againMs?: number } {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const active = owned.filter(isActive);
  const waits = active
    .map((pod) => availableInMs(pod, minReadySeconds, now))
    .filter((ms) => ms !== undefined);
  const later = waits.filter((ms) => ms > 0);
  const conditions = withFailure(set, failure, now);
  const status: Status = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((p) =>
      hasAll(p.metadata.labels, set.spec?.template?.metadata?.labels),
    ).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: waits.length - later.length,
    terminatingReplicas: owned.filter((p) => isTerminating(p) && !isTerminal(p)).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
  return later.length > 0 ? { status, againMs: Math.min(...later) } : { status };
}

function withFailure(set: ReplicaSet, failure: Failure | undefined, now: number) {
  const conditions = set.status?.conditions;
  if (failure) return withCondition(conditions, { type: 'ReplicaFailure', status: 'True', ...failure }, now);
  return conditionOf(conditions, 'ReplicaFailure')
    ? withoutCondition(conditions, 'ReplicaFailure')
    : (conditions ?? []);
}
