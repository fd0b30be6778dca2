/**
 * How many pods each ReplicaSet of a Deployment should have next. Nothing here looks at anything but
 * numbers of ReplicaSets; one step is taken at a time, and the next when its pods are available.
 */
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { annotation, byCreation } from './revision.ts';
import { isRolling, limitsOf, replicasOf, sum } from './strategy.ts';

/** ReplicaSets and their new sizes; those that stay as they are are not in it. */
export type Sizes = Map<ReplicaSet, number>;

const availableOf = (set: ReplicaSet) => set.status?.availableReplicas ?? 0;
const isActiveSet = (set: ReplicaSet) => replicasOf(set) > 0;

/** One step of a rolling update: first up, and only when there is no room for that, down. */
export function roll(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Sizes {
  const size = newSetSize(deployment, newSet, oldSets);
  if (size !== replicasOf(newSet)) return new Map([[newSet, size]]);
  return shrinkOld(deployment, newSet, oldSets);
}

/** `newSet` may not exist yet: then it has none. */
export function newSetSize(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): number {
  const wanted = replicasOf(deployment);
  const has = newSet ? replicasOf(newSet) : 0;
  if (!isRolling(deployment) || has > wanted) return wanted;
  const room = wanted + limitsOf(deployment).maxSurge - has - sum(oldSets.map(replicasOf));
  return room <= 0 ? has : Math.min(wanted, has + room);
}

function shrinkOld(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Sizes {
  const sizes: Sizes = new Map();
  const sets = oldSets.filter(isActiveSet).toSorted(byCreation);
  const minAvailable = replicasOf(deployment) - limitsOf(deployment).maxUnavailable;
  const newUnavailable = replicasOf(newSet) - availableOf(newSet);
  let mayGo = replicasOf(newSet) + sum(sets.map(replicasOf)) - minAvailable - newUnavailable;
  // Pods that serve nobody go first: a broken version must not hold the update up.
  for (const set of sets) {
    const broken = Math.min(mayGo, replicasOf(set) - availableOf(set));
    if (broken <= 0) continue;
    sizes.set(set, replicasOf(set) - broken);
    mayGo -= broken;
  }
  const sizeOf = (set: ReplicaSet) => sizes.get(set) ?? replicasOf(set);
  let spare = Math.min(mayGo, sum([newSet, ...sets].map(availableOf)) - minAvailable);
  for (const set of sets) {
    const going = Math.min(spare, sizeOf(set));
    if (going <= 0) continue;
    sizes.set(set, sizeOf(set) - going);
    spare -= going;
  }
  return sizes;
}

/** True after `spec.replicas` was changed and before all ReplicaSets took part in that. */
export const isScaling = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets.filter(isActiveSet).some((set) => {
    const desired = set.metadata.annotations?.[annotation.desiredReplicas];
    return desired !== undefined && Number(desired) !== replicasOf(deployment);
  });

/**
 * Sizes after `spec.replicas` was changed in the middle of a rollout: every version gets its share.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
 */
export function scale(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const sets = [...(newSet ? [newSet] : []), ...oldSets];
  const active = sets.filter(isActiveSet);
  const wanted = replicasOf(deployment);
  const only = active.length === 0 ? (newSet ?? oldSets.toSorted(byCreation).at(-1)) : active[0];
  if (active.length <= 1) {
    return only && replicasOf(only) !== wanted ? new Map([[only, wanted]]) : new Map();
  }
  if (newSet && isSaturated(deployment, newSet))
    return new Map(oldSets.filter(isActiveSet).map((set) => [set, 0]));
  return isRolling(deployment) ? shares(deployment, active) : new Map();
}

const isSaturated = (deployment: Deployment, set: ReplicaSet): boolean =>
  replicasOf(set) === replicasOf(deployment) &&
  Number(set.metadata.annotations?.[annotation.desiredReplicas]) === replicasOf(deployment) &&
  availableOf(set) === replicasOf(deployment);

function shares(deployment: Deployment, active: readonly ReplicaSet[]): Sizes {
  const allowed = replicasOf(deployment) > 0 ? replicasOf(deployment) + limitsOf(deployment).maxSurge : 0;
  const toAdd = allowed - sum(active.map(replicasOf));
  // The bigger the set the bigger its share; among equals the newest grows and the oldest shrinks first.
  const order = active.toSorted(
    (a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)),
  );
  const sizes: Sizes = new Map();
  let left = toAdd;
  for (const set of order) {
    const share = shareOf(set, deployment, allowed, left);
    sizes.set(set, Math.max(0, replicasOf(set) + share));
    left -= share;
  }
  const [biggest] = order;
  if (biggest && left !== 0) sizes.set(biggest, Math.max(0, (sizes.get(biggest) ?? 0) + left));
  return sizes;
}

function shareOf(set: ReplicaSet, deployment: Deployment, allowed: number, left: number): number {
  if (left === 0) return 0;
  const total =
    Number(set.metadata.annotations?.[annotation.maxReplicas]) || (deployment.status?.replicas ?? 1);
  const share = Math.round((replicasOf(set) * allowed) / Math.max(1, total)) - replicasOf(set);
  return left > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
}
