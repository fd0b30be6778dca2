/**
 * How many pods of a Job succeeded and failed, none counted twice and none forgotten. A pod that ended is
 * first written down in the status by its uid; then it loses the finalizer that keeps it; and only a pod
 * without it moves from the list to the count. Whoever is interrupted goes on where the status says.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
import { formatIndexes, parseIndexes } from '../../api/batch/job/indexes.ts';
import type { Job, Pod } from '../../api/types.ts';
import { rulingOn } from './failurePolicy.ts';
import { failuresBefore, indexOf, isFailed, isIndexed, isSucceeded, isTracked } from './pods.ts';

export interface Account {
  /** Counted for good. */
  counted: { succeeded: number; failed: number };
  /** Uids of pods that are written down and not counted yet. */
  uncounted: { succeeded: string[]; failed: string[] };
  /** All of them. */
  succeeded: number;
  failed: number;
  completedIndexes: Set<number>;
  failedIndexes: Set<number>;
  /** Ended pods that keep their finalizer until the status is written. */
  ended: Pod[];
}

export function account(job: Job, pods: readonly Pod[]): Account {
  const { status, spec } = job;
  const tracked = new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? ''));
  const before = status?.uncountedTerminatedPods;
  const still = (uids: readonly string[] = []) => uids.filter((uid) => tracked.has(uid));
  const uncounted = { succeeded: still(before?.succeeded), failed: still(before?.failed) };
  const gone = (list: 'succeeded' | 'failed') => (before?.[list]?.length ?? 0) - uncounted[list].length;
  const counted = {
    succeeded: (status?.succeeded ?? 0) + gone('succeeded'),
    failed: (status?.failed ?? 0) + gone('failed'),
  };
  const completedIndexes = new Set(parseIndexes(status?.completedIndexes ?? ''));
  const failedIndexes = new Set(parseIndexes(status?.failedIndexes ?? ''));
  const ended: Pod[] = [];
  for (const pod of pods.filter(isTracked)) {
    const { uid = '' } = pod.metadata;
    if (isSucceeded(pod)) {
      ended.push(pod);
      if (isIndexed(job)) completedIndexes.add(indexOf(pod));
      else if (!uncounted.succeeded.includes(uid)) uncounted.succeeded.push(uid);
    } else if (isFailed(pod, spec)) {
      ended.push(pod);
      const { action } = rulingOn(pod, job);
      if (action === 'FailIndex' || isBeyondLimit(job, pod, action)) failedIndexes.add(indexOf(pod));
      if (action !== 'Ignore' && !uncounted.failed.includes(uid)) uncounted.failed.push(uid);
    }
  }
  // An index without a number, or beyond an elastic Job's end, completes nothing.
  const inside = (index: number) => index >= 0 && index < (spec?.completions ?? 0);
  const completed = new Set([...completedIndexes].filter(inside));
  return {
    counted,
    uncounted,
    succeeded: isIndexed(job) ? completed.size : counted.succeeded + uncounted.succeeded.length,
    failed: counted.failed + uncounted.failed.length,
    completedIndexes: completed,
    failedIndexes: new Set([...failedIndexes].filter((index) => inside(index) && !completed.has(index))),
    ended,
  };
}

const isBeyondLimit = ({ spec }: Job, pod: Pod, action: string): boolean =>
  spec?.backoffLimitPerIndex !== undefined &&
  action !== 'Ignore' &&
  failuresBefore(pod) + 1 > spec.backoffLimitPerIndex;

/** The counts as they stand in the status. */
export function countsOf(job: Job, { counted, uncounted, succeeded, ...rest }: Account) {
  const { completedIndexes, failedIndexes } = rest;
  return {
    succeeded: isIndexed(job) ? succeeded : counted.succeeded,
    failed: counted.failed,
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 && { succeeded: uncounted.succeeded }),
      ...(uncounted.failed.length > 0 && { failed: uncounted.failed }),
    },
    ...(completedIndexes.size > 0 && { completedIndexes: formatIndexes(completedIndexes) }),
    ...(job.spec?.backoffLimitPerIndex !== undefined && { failedIndexes: formatIndexes(failedIndexes) }),
  };
}
