/**
 * The status of a Deployment and its conditions Available and Progressing.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { conditionOf, withoutCondition } from '../conditions.ts';
import { limitsOf, replicasOf, sum } from './strategy.ts';

export type Status = NonNullable<Deployment['status']>;
export type DeploymentCondition = NonNullable<Status['conditions']>[number];

/** What kubectl and others take for "no deadline". */
const noDeadline = 2_147_483_647;

export interface Observed {
  newSet: ReplicaSet | undefined;
  oldSets: readonly ReplicaSet[];
  /** What just happened to the new ReplicaSet in this sync, if anything did. */
  news?: { reason: 'NewReplicaSetCreated' | 'FoundNewReplicaSet'; message: string };
}

/** `againMs`: the deadline ends then, and no change will tell. */
export function statusOf(
  deployment: Deployment,
  { newSet, oldSets, news }: Observed,
  now: number,
): { status: Status; againMs?: number } {
  const sets = [...(newSet ? [newSet] : []), ...oldSets];
  const total = (field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas') =>
    sum(sets.map((set) => set.status?.[field] ?? 0));
  const availableReplicas = total('availableReplicas');
  const before = deployment.status ?? {};
  const status: Status = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total('replicas'),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: total('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(sets.map(replicasOf)) - availableReplicas),
    terminatingReplicas: total('terminatingReplicas'),
    ...(before.collisionCount !== undefined && { collisionCount: before.collisionCount }),
  };
  let conditions = put(before.conditions, available(deployment, availableReplicas), now);
  conditions = replicaFailure(conditions, sets);
  if (deployment.spec?.paused) conditions = paused(conditions, deployment, now);
  else conditions = progressing(conditions, deployment, status, newSet, news, now);
  const againMs = untilDeadline(deployment, conditions, status, now);
  const result = { status: { ...status, ...(conditions.length > 0 && { conditions }) } };
  return againMs === undefined ? result : { ...result, againMs };
}

/** Every pod is of the new template and available. */
export const isComplete = (deployment: Deployment, status: Status): boolean =>
  status.updatedReplicas === replicasOf(deployment) &&
  status.replicas === replicasOf(deployment) &&
  status.availableReplicas === replicasOf(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);

type Fact = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

function available(deployment: Deployment, availableReplicas: number): Fact {
  const enough = availableReplicas >= replicasOf(deployment) - limitsOf(deployment).maxUnavailable;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function replicaFailure(
  conditions: DeploymentCondition[],
  sets: readonly ReplicaSet[],
): DeploymentCondition[] {
  const failed = sets
    .map((set) => conditionOf(set.status?.conditions, 'ReplicaFailure'))
    .find((c) => c !== undefined);
  const rest = withoutCondition(conditions, 'ReplicaFailure');
  return failed ? [...rest, failed] : rest;
}

const hasDeadline = (deployment: Deployment): boolean => {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== noDeadline;
};

function paused(
  conditions: DeploymentCondition[],
  deployment: Deployment,
  now: number,
): DeploymentCondition[] {
  const current = conditionOf(conditions, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return conditions;
  const message = 'Deployment is paused';
  return put(
    conditions,
    { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message },
    now,
  );
}

function progressing(
  conditions: DeploymentCondition[],
  deployment: Deployment,
  status: Status,
  newSet: ReplicaSet | undefined,
  news: Observed['news'],
  now: number,
): DeploymentCondition[] {
  if (!hasDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = conditionOf(conditions, 'Progressing');
  const say = (state: string, reason: string, message: string) =>
    put(conditions, { type: 'Progressing', status: state, reason, message }, now);
  const what = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;

  if (isComplete(deployment, status))
    return say('True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`);
  if (news) return say('True', news.reason, news.message);
  if (current?.reason === 'DeploymentPaused')
    return say('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  // Scaling an update that was completed is no new rollout.
  if (current?.reason === 'NewReplicaSetAvailable' && status.replicas === status.updatedReplicas)
    return conditions;
  if (hasProgressed(deployment.status, status)) {
    const touched = withoutCondition(
      conditions,
      current?.reason === 'ReplicaSetUpdated' ? 'Progressing' : '',
    );
    const made = put(
      touched,
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `${what} is progressing.`,
      },
      now,
    );
    return current?.status === 'True' ? keepTransition(made, current) : made;
  }
  if (current && isOverdue(deployment, current, now))
    return say('False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`);
  return conditions;
}

const keepTransition = (conditions: DeploymentCondition[], before: DeploymentCondition) =>
  conditions.map((c) =>
    c.type === 'Progressing' && before.lastTransitionTime
      ? { ...c, lastTransitionTime: before.lastTransitionTime }
      : c,
  );

function hasProgressed(before: Status | undefined, now: Status): boolean {
  const old = (s: Status | undefined) => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

const deadlineOf = (deployment: Deployment, condition: DeploymentCondition): number =>
  Date.parse(condition.lastUpdateTime ?? '') + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;

const isOverdue = (deployment: Deployment, condition: DeploymentCondition, now: number): boolean =>
  condition.reason === 'ProgressDeadlineExceeded' ||
  (condition.reason !== 'NewReplicaSetAvailable' && now >= deadlineOf(deployment, condition));

function untilDeadline(
  deployment: Deployment,
  conditions: DeploymentCondition[],
  status: Status,
  now: number,
): number | undefined {
  const current = conditionOf(conditions, 'Progressing');
  if (!current || deployment.spec?.paused || !hasDeadline(deployment) || isComplete(deployment, status))
    return undefined;
  if (current.status === 'False' || current.reason === 'NewReplicaSetAvailable') return undefined;
  return Math.max(0, deadlineOf(deployment, current) - now) + 1000;
}

/** As {@link withCondition}, with the second time that conditions of Deployments have. */
function put(
  before: readonly DeploymentCondition[] | undefined,
  fact: Fact,
  now: number,
): DeploymentCondition[] {
  const conditions = [...(before ?? [])];
  const at = conditions.findIndex((c) => c.type === fact.type);
  const old = conditions[at];
  if (old && old.status === fact.status && old.reason === fact.reason && old.message === fact.message)
    return conditions;
  const time = rfc3339(now);
  const same = old?.status === fact.status && old.lastTransitionTime;
  const made = { ...fact, lastUpdateTime: time, lastTransitionTime: same || time };
  if (old) conditions[at] = made;
  else conditions.push(made);
  return conditions;
}
