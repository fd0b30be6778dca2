/**
 * What a Deployment wants done to its ReplicaSets next.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { isDeepStrictEqual } from 'node:util';
import { deployments } from '../../api/resource.ts';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { hashOf } from '../hash.ts';
import { ownerReference } from '../owners.ts';
import { annotation, annotationsOf, greatest, hashLabel, newSetOf, revisionOf } from './revision.ts';
import { isScaling, newSetSize, roll, type Sizes, scale } from './rolling.ts';
import { isComplete, type Observed, type Status, statusOf } from './status.ts';
import { isRolling, limitsOf, replicasOf, sum } from './strategy.ts';

export interface Desired {
  create?: Draft<ReplicaSet>;
  /** Whole ReplicaSets as they should be; `from` their size now. */
  update: { set: ReplicaSet; from: number }[];
  remove: ReplicaSet[];
  /** Of the Deployment's annotation, when it changes. */
  revision?: string;
  status: Status;
  againMs?: number;
}

/** `oldPodsLeft`: whether any pod of an old ReplicaSet is still there; only Recreate waits for that. */
export function desired(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  oldPodsLeft: (oldSets: readonly ReplicaSet[]) => boolean,
  now: number,
): Desired {
  const newSet = newSetOf(deployment, sets);
  const oldSets = sets.filter((set) => set !== newSet);
  const observed: Observed = { newSet, oldSets };
  if (deployment.metadata.deletionTimestamp)
    return { update: [], remove: [], ...statusOf(deployment, observed, now) };

  const revision = greatest(oldSets.map(revisionOf)) + 1n;
  const base = {
    update: updates(deployment, newSet, oldSets, revision, sizesOf(deployment, newSet, oldSets, oldPodsLeft)),
    remove: [] as ReplicaSet[],
    ...(newSet && revisionChange(deployment, greatest([revision, revisionOf(newSet)]))),
  };
  if (deployment.spec?.paused || isScaling(deployment, sets))
    return { ...base, ...statusOf(deployment, observed, now) };

  if (!newSet) {
    if (!isRolling(deployment) && !mayStart(oldSets, oldPodsLeft))
      return { ...base, ...statusOf(deployment, observed, now) };
    const create = newSetDraft(deployment, oldSets, revision);
    const message = `Created new replica set "${create.metadata.name}"`;
    const news = { reason: 'NewReplicaSetCreated', message } as const;
    return {
      ...base,
      create,
      ...revisionChange(deployment, revision),
      ...statusOf(deployment, { ...observed, news }, now),
    };
  }
  const isFound = !deployment.status?.conditions?.some((c) => c.type === 'Progressing');
  const message = `Found new replica set "${newSet.metadata.name}"`;
  const news = isFound ? { news: { reason: 'FoundNewReplicaSet', message } as const } : {};
  const told = statusOf(deployment, { ...observed, ...news }, now);
  return {
    ...base,
    remove: isComplete(deployment, told.status) ? beyondHistory(deployment, oldSets) : [],
    ...told,
  };
}

function sizesOf(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  oldPodsLeft: (oldSets: readonly ReplicaSet[]) => boolean,
): Sizes {
  if (deployment.spec?.paused || isScaling(deployment, [...(newSet ? [newSet] : []), ...oldSets]))
    return scale(deployment, newSet, oldSets);
  if (isRolling(deployment)) return newSet ? roll(deployment, newSet, oldSets) : new Map();
  const running = oldSets.filter((set) => replicasOf(set) > 0);
  if (running.length > 0) return new Map(running.map((set) => [set, 0]));
  if (!newSet || oldPodsLeft(oldSets) || replicasOf(newSet) === replicasOf(deployment)) return new Map();
  return new Map([[newSet, replicasOf(deployment)]]);
}

const mayStart = (oldSets: readonly ReplicaSet[], oldPodsLeft: (sets: readonly ReplicaSet[]) => boolean) =>
  sum(oldSets.map(replicasOf)) === 0 && !oldPodsLeft(oldSets);

function newSetDraft(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: bigint,
): Draft<ReplicaSet> & { metadata: { name: string } } {
  const { name, namespace = '' } = deployment.metadata;
  const template = deployment.spec?.template ?? {};
  const hash = hashOf(template, deployment.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const { selector, minReadySeconds } = deployment.spec ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...annotationsOf(deployment, undefined, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [ownerReference(deployments, deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, undefined, oldSets),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
      ...(minReadySeconds !== undefined && { minReadySeconds }),
    },
  };
}

/** They tell the next sync for which size of the Deployment a set was sized. */
const sizeAnnotations = (deployment: Deployment) => ({
  [annotation.desiredReplicas]: String(replicasOf(deployment)),
  [annotation.maxReplicas]: String(replicasOf(deployment) + limitsOf(deployment).maxSurge),
});

function updates(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  revision: bigint,
  sizes: Sizes,
): { set: ReplicaSet; from: number }[] {
  const scaling = isScaling(deployment, [...(newSet ? [newSet] : []), ...oldSets]);
  const active = oldSets.filter((set) => scaling && replicasOf(set) > 0);
  const result: { set: ReplicaSet; from: number }[] = [];
  for (const set of new Set([...(newSet ? [newSet] : []), ...sizes.keys(), ...active])) {
    const size = sizes.get(set) ?? replicasOf(set);
    const annotations = {
      ...(set === newSet ? annotationsOf(deployment, set, revision) : set.metadata.annotations),
      ...sizeAnnotations(deployment),
    };
    const minReadySeconds = set === newSet ? deployment.spec?.minReadySeconds : set.spec?.minReadySeconds;
    const spec = {
      ...(set.spec as NonNullable<ReplicaSet['spec']>),
      replicas: size,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
    };
    if (isDeepStrictEqual([spec, annotations], [set.spec, set.metadata.annotations])) continue;
    result.push({ set: { ...set, metadata: { ...set.metadata, annotations }, spec }, from: replicasOf(set) });
  }
  return result;
}

const revisionChange = (deployment: Deployment, revision: bigint): { revision?: string } =>
  deployment.metadata.annotations?.[annotation.revision] === String(revision)
    ? {}
    : { revision: String(revision) };

/** Old ReplicaSets that no rollback needs any more. */
function beyondHistory(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const kept = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  if (kept.length <= limit) return [];
  return kept
    .toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)))
    .slice(0, kept.length - limit)
    .filter((set) => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0)
    .filter((set) => (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0));
}
