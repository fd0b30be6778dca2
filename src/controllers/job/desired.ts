/**
 * What a Job does next.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import type { Job, Pod } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { conditionOf, withCondition } from '../conditions.ts';
import { isActive, isReady, isTerminal, isTerminating } from '../pods.ts';
import { type Account, account, countsOf } from './account.ts';
import { crewOf } from './crew.ts';
import { isTracked, type PodPlan } from './pods.ts';
import { deadlineInMs, type Verdict, verdictOn } from './verdict.ts';

export type Status = NonNullable<Job['status']>;

export interface Desired {
  create: PodPlan[];
  /** Pods that go and count for nothing: they lose their finalizer first. */
  dismiss: Pod[];
  /** Pods of a Job that ends; they count as failed. */
  end: Pod[];
  /** Absent: nothing is to be written. */
  status?: Status;
  /** Pods that may go when the status is written. */
  release: Pod[];
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  againMs?: number;
}

export const isFinished = ({ status }: Pick<Job, 'status'>): boolean =>
  ['Complete', 'Failed'].some((type) => conditionOf(status?.conditions, type)?.status === 'True');

export function desired(job: Job, pods: readonly Pod[], now: number): Desired {
  const none: Desired = { create: [], dismiss: [], end: [], release: [], events: [] };
  if (isFinished(job) || job.metadata.deletionTimestamp) return { ...none, release: pods.filter(isTracked) };
  const counts = account(job, pods);
  const verdict = verdictOn(job, pods, counts, now);
  const base = { ...none, release: counts.ended };
  if (verdict) return ending(job, pods, counts, verdict, base, now);
  return working(job, pods, counts, base, now);
}

function working(job: Job, pods: readonly Pod[], counts: Account, base: Desired, now: number): Desired {
  const crew = crewOf(job, pods, counts, now);
  const { startTime, conditions, events } = suspension(job, now);
  const started = { ...job, status: { ...job.status, ...(startTime && { startTime }) } };
  const waits = [crew.againMs, deadlineInMs(started, now)].filter((ms) => ms !== undefined);
  const going = new Set(crew.remove);
  return {
    ...base,
    create: crew.create,
    dismiss: crew.remove,
    status: {
      ...observed(
        pods.filter((pod) => !going.has(pod)),
        crew.create.length,
      ),
      ...countsOf(job, counts),
      ...(startTime && { startTime }),
      ...(conditions.length > 0 && { conditions }),
    },
    events,
    ...(waits.length > 0 && { againMs: Math.min(...waits) }),
  };
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job */
function suspension({ spec, status }: Job, now: number) {
  const conditions = status?.conditions ?? [];
  const was = conditionOf(conditions, 'Suspended')?.status === 'True';
  const condition = (is: boolean) => {
    const message = is ? 'Job suspended' : 'Job resumed';
    const reason = is ? 'JobSuspended' : 'JobResumed';
    const next = { type: 'Suspended', status: is ? 'True' : 'False', reason, message };
    return {
      conditions: withCondition(conditions, { ...next, lastProbeTime: rfc3339(now) }, now),
      events: [{ type: 'Normal' as const, reason: is ? 'Suspended' : 'Resumed', message }],
    };
  };
  if (spec?.suspend) return { startTime: undefined, ...(was ? { conditions, events: [] } : condition(true)) };
  if (was) return { startTime: rfc3339(now), ...condition(false) };
  return { startTime: status?.startTime ?? rfc3339(now), conditions, events: [] };
}

/** First the reason is written down, then all pods end, and then it is over. */
function ending(
  job: Job,
  pods: readonly Pod[],
  counts: Account,
  verdict: Verdict,
  base: Desired,
  now: number,
): Desired {
  const end = pods.filter(isActive);
  const isOver =
    end.length === 0 &&
    !pods.some((pod) => isTracked(pod) || isLeaving(pod)) &&
    counts.uncounted.succeeded.length + counts.uncounted.failed.length === 0;
  const condition = (type: string) => ({
    type,
    status: 'True',
    lastProbeTime: rfc3339(now),
    reason: verdict.reason,
    message: verdict.message,
  });
  let conditions = job.status?.conditions;
  if (conditionOf(conditions, verdict.type)?.status !== 'True')
    conditions = withCondition(conditions, condition(verdict.type), now);
  const isSuccess = verdict.type === 'SuccessCriteriaMet';
  if (isOver) conditions = withCondition(conditions, condition(isSuccess ? 'Complete' : 'Failed'), now);
  const startTime = job.status?.startTime ?? rfc3339(now);
  return {
    ...base,
    end,
    status: {
      ...observed(pods, 0),
      ...countsOf(job, counts),
      startTime,
      conditions: conditions ?? [],
      ...(isOver && isSuccess && { completionTime: rfc3339(now) }),
    },
    events: !isOver
      ? []
      : isSuccess
        ? [{ type: 'Normal', reason: 'Completed', message: 'Job completed' }]
        : [{ type: 'Warning', reason: verdict.reason, message: verdict.message }],
  };
}

const isLeaving = (pod: Pod): boolean => isTerminating(pod) && !isTerminal(pod);

const observed = (pods: readonly Pod[], made: number) => ({
  active: pods.filter(isActive).length + made,
  ready: pods.filter((pod) => isActive(pod) && isReady(pod)).length,
  terminating: pods.filter(isLeaving).length,
});
