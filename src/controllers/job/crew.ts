/** Which pods a running Job makes next, and which are too many. */
import type { Job, Pod } from '../../api/types.ts';
import { isActive, isReady, isTerminal, isTerminating } from '../pods.ts';
import type { Account } from './account.ts';
import { rulingOn } from './failurePolicy.ts';
import {
  endOf,
  failuresBefore,
  indexOf,
  isFailed,
  isIndexed,
  isSucceeded,
  isTracked,
  type JobSpec,
  type PodPlan,
} from './pods.ts';

export interface Crew {
  create: PodPlan[];
  remove: Pod[];
  againMs?: number;
}

/** In one sync at most so many pods are made. */
const burst = 500;
/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy */
const firstBackoffMs = 10_000;
const longestBackoffMs = 10 * 60_000;

export function crewOf(job: Job, pods: readonly Pod[], account: Account, now: number): Crew {
  const spec = job.spec as JobSpec;
  const active = pods.filter(isActive);
  if (spec.suspend) return { create: [], remove: active };
  const wanted = wantedActive(spec, active.length, account);
  const doubles = isIndexed(job) ? superfluous(job, active, account) : [];
  const excess = Math.max(0, active.length - doubles.length - wanted);
  const remove = [...doubles, ...leastMissed(job, active, doubles).slice(0, excess)];
  // Its place is taken until it is gone for good.
  const leaving = spec.podReplacementPolicy === 'Failed' ? pods.filter(isLeaving) : [];
  const missing = Math.min(burst, wanted - (active.length - remove.length) - leaving.length);
  if (missing <= 0) return { create: [], remove };
  if (isIndexed(job)) {
    const busy = new Set([...active, ...leaving].filter((pod) => !remove.includes(pod)).map(indexOf));
    return { remove, ...nextIndexes(job, pods, account, { missing, busy }, now) };
  }
  const waitMs = backoffMs(pods, job, now);
  if (waitMs > 0) return { create: [], remove, againMs: waitMs };
  return { create: Array.from({ length: missing }, () => ({ index: -1 })), remove };
}

const isLeaving = (pod: Pod): boolean => isTerminating(pod) && !isTerminal(pod);

function wantedActive(spec: JobSpec, active: number, { succeeded, failedIndexes }: Account): number {
  const { completions, parallelism = 1 } = spec;
  // A work queue: when one pod is done, there is no more work for new ones.
  if (completions === undefined) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded - failedIndexes.size));
}

/** Pods of an index that is done, is none, or has another pod already. */
function superfluous({ spec }: Job, active: readonly Pod[], account: Account): Pod[] {
  const seen = new Set<number>();
  return active.filter((pod) => {
    const index = indexOf(pod);
    const isWrong = index < 0 || index >= (spec?.completions ?? 0) || seen.has(index);
    seen.add(index);
    return isWrong || account.completedIndexes.has(index) || account.failedIndexes.has(index);
  });
}

/** Those of the highest indexes first, or those that have come least far. */
function leastMissed(job: Job, active: readonly Pod[], without: readonly Pod[]): Pod[] {
  const rank = (pod: Pod) => (isIndexed(job) ? -indexOf(pod) : Number(isReady(pod)));
  return active.filter((pod) => !without.includes(pod)).toSorted((a, b) => rank(a) - rank(b));
}

function nextIndexes(
  job: Job,
  pods: readonly Pod[],
  { completedIndexes, failedIndexes }: Account,
  { missing, busy }: { missing: number; busy: ReadonlySet<number> },
  now: number,
): { create: PodPlan[]; againMs?: number } {
  const perIndex = job.spec?.backoffLimitPerIndex !== undefined;
  const ofIndex = Map.groupBy(pods, indexOf);
  const create: PodPlan[] = [];
  const waits: number[] = perIndex ? [] : [backoffMs(pods, job, now)];
  if (!perIndex && waits[0]) return { create, againMs: waits[0] };
  for (let index = 0; index < (job.spec?.completions ?? 0) && create.length < missing; index++) {
    if (busy.has(index) || completedIndexes.has(index) || failedIndexes.has(index)) continue;
    const own = ofIndex.get(index) ?? [];
    const waitMs = perIndex ? backoffMs(own, job, now) : 0;
    if (waitMs > 0) waits.push(waitMs);
    else create.push({ index, ...(perIndex && { failures: failuresOf(own, job) }) });
  }
  const later = waits.filter((ms) => ms > 0);
  return later.length > 0 ? { create, againMs: Math.min(...later) } : { create };
}

const failuresOf = (pods: readonly Pod[], job: Job): number =>
  Math.max(0, ...failuresIn(pods, job).map((pod) => failuresBefore(pod) + 1));

/** A pod that was deleted and needs no counting any more was dismissed: that is no failure. */
const failuresIn = (pods: readonly Pod[], job: Job): Pod[] =>
  pods.filter(
    (pod) =>
      isFailed(pod, job.spec) &&
      (isTerminal(pod) || isTracked(pod)) &&
      rulingOn(pod, job).action !== 'Ignore',
  );

/** 10 s after the first failure since the last success, then 20 s, 40 s … at most ten minutes. */
export function backoffMs(pods: readonly Pod[], job: Job, now: number): number {
  const lastSuccess = Math.max(0, ...pods.filter(isSucceeded).map((pod) => endOf(pod) ?? 0));
  const ends = failuresIn(pods, job)
    .map((pod) => endOf(pod) ?? 0)
    .filter((end) => end > lastSuccess);
  if (ends.length === 0) return 0;
  const waitMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (ends.length - 1));
  return Math.max(0, Math.max(...ends) + waitMs - now);
}
