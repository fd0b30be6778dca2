/**
 * Which Job a CronJob makes now, which of its Jobs go, and what its status says.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
import { jobAnnotation } from '../../api/batch/job/labels.ts';
import { cronJobs, jobs } from '../../api/resource.ts';
import type { CronJob, Job } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { isFinished } from '../job/desired.ts';
import { ownerReference } from '../owners.ts';
import { manyMissed, scheduleOf, timesOf } from './times.ts';

export type Status = NonNullable<CronJob['status']>;
type Reference = NonNullable<Status['active']>[number];

export interface Desired {
  /** The Job of a time that has come. */
  create?: { draft: Draft<Job> & { metadata: { name: string } }; dueMs: number };
  /** Running Jobs that the new one replaces. */
  replace: Job[];
  /** Finished ones beyond the history. */
  forget: Job[];
  /** Before the new Job is there. */
  status: Status;
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  againMs?: number;
}

/** A time that has just come must have passed when it is looked at. */
const marginMs = 50;

export function desired(cron: CronJob, owned: readonly Job[], now: number): Desired {
  const result: Desired = { replace: [], forget: beyondHistory(cron, owned), ...observe(cron, owned) };
  const { spec, metadata } = cron;
  if (!spec || metadata.deletionTimestamp || spec.suspend) return result;
  const schedule = scheduleOf(cron);
  const { due, missed, next } = timesOf(cron, schedule, now);
  if (next !== undefined) result.againMs = next - now + marginMs;
  if (due === undefined) return result;
  const tell = (reason: string, message: string, type: 'Normal' | 'Warning' = 'Warning') =>
    result.events.push({ type, reason, message });
  if (missed > manyMissed)
    tell(
      'TooManyMissedTimes',
      `too many missed start times: ${missed}. Set or decrease .spec.startingDeadlineSeconds or check clock skew`,
    );
  const running = owned.filter((job) => !isFinished(job));
  if (running.length > 0 && spec.concurrencyPolicy === 'Forbid') {
    const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    tell('JobAlreadyActive', why, 'Normal');
    return result;
  }
  if (spec.concurrencyPolicy === 'Replace') result.replace = running;
  return { ...result, create: { draft: jobOf(cron, due), dueMs: due } };
}

/** Named by the minute, so that one time has one Job however often it is looked at. */
export function jobOf(cron: CronJob, dueMs: number): Draft<Job> & { metadata: { name: string } } {
  const { name, namespace = '' } = cron.metadata;
  const { metadata, spec } = cron.spec?.jobTemplate ?? {};
  const { labels, annotations } = metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name}-${Math.floor(dueMs / 60_000)}`,
      namespace,
      ...(labels && { labels }),
      annotations: { ...annotations, [jobAnnotation.scheduledTimestamp]: rfc3339(dueMs) },
      ownerReferences: [ownerReference(cronJobs, cron)],
    },
    ...(spec && { spec }),
  };
}

export const referenceTo = ({ metadata }: Job): Reference => ({
  apiVersion: 'batch/v1',
  kind: jobs.kind,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid ?? '',
  ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
});

/** What became of the Jobs that it made. */
function observe({ status }: CronJob, owned: readonly Job[]): Pick<Desired, 'status' | 'events'> {
  const events: Desired['events'] = [];
  const known = new Map(owned.map((job) => [job.metadata.uid, job]));
  const active: Reference[] = [];
  for (const reference of status?.active ?? []) {
    const job = known.get(reference.uid);
    if (!job) {
      const message = `Active job went missing: ${reference.name}`;
      events.push({ type: 'Normal', reason: 'MissingJob', message });
    } else if (isFinished(job)) {
      const message = `Saw completed job: ${reference.name}, condition: ${outcomeOf(job)}`;
      events.push({ type: 'Normal', reason: 'SawCompletedJob', message });
    } else active.push(reference);
  }
  const times = [status?.lastSuccessfulTime, ...owned.map((job) => job.status?.completionTime)];
  const lastSuccessfulTime = times
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1);
  return {
    status: {
      ...(active.length > 0 && { active }),
      ...(status?.lastScheduleTime && { lastScheduleTime: status.lastScheduleTime }),
      ...(lastSuccessfulTime && { lastSuccessfulTime }),
    },
    events,
  };
}

const outcomeOf = (job: Job): string =>
  job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )?.type ?? '';

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#jobs-history-limits */
function beyondHistory({ spec }: CronJob, owned: readonly Job[]): Job[] {
  const finished = owned.filter((job) => isFinished(job) && !job.metadata.deletionTimestamp);
  const oldest = (outcome: string, limit: number) =>
    finished
      .filter((job) => outcomeOf(job) === outcome)
      .toSorted((a, b) => startOf(b).localeCompare(startOf(a)))
      .slice(limit);
  return [
    ...oldest('Complete', spec?.successfulJobsHistoryLimit ?? 3),
    ...oldest('Failed', spec?.failedJobsHistoryLimit ?? 1),
  ];
}

const startOf = ({ metadata, status }: Job): string => status?.startTime ?? metadata.creationTimestamp ?? '';
