/**
 * Whether a Job has succeeded or failed, and why.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
import { parseIndexes } from '../../api/batch/job/indexes.ts';
import type { Job, Pod } from '../../api/types.ts';
import { conditionOf } from '../conditions.ts';
import { isActive } from '../pods.ts';
import type { Account } from './account.ts';
import { rulingOn } from './failurePolicy.ts';
import { isFailed } from './pods.ts';

export interface Verdict {
  type: 'SuccessCriteriaMet' | 'FailureTarget';
  reason: string;
  message: string;
}

const failed = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message });

/** Once it is said, it stays. Undefined: it goes on. */
export function verdictOn(
  job: Job,
  pods: readonly Pod[],
  account: Account,
  now: number,
): Verdict | undefined {
  const { status, spec } = job;
  for (const type of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const said = conditionOf(status?.conditions, type);
    if (said?.status === 'True') return { type, reason: said.reason ?? '', message: said.message ?? '' };
  }
  if (!spec) return undefined;
  return failureOf(job, pods, account, now) ?? successOf(job, pods, account);
}

function failureOf(job: Job, pods: readonly Pod[], account: Account, now: number): Verdict | undefined {
  const { spec } = job;
  const ruling = pods
    .filter((pod) => isFailed(pod, spec))
    .map((pod) => rulingOn(pod, job))
    .find(({ action }) => action === 'FailJob');
  if (ruling) return failed('PodFailurePolicy', ruling.message ?? '');
  const limit = spec?.backoffLimit ?? 6;
  if (account.failed > limit || restartsExceed(job, pods, limit))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (deadlineInMs(job, now) === 0)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  return failedIndexes(job, account);
}

/** With OnFailure it is not pods that fail but containers, which are started anew. */
function restartsExceed({ spec }: Job, pods: readonly Pod[], limit: number): boolean {
  if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(isActive)
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function failedIndexes({ spec }: Job, { failedIndexes: indexes, succeeded }: Account): Verdict | undefined {
  if (spec?.backoffLimitPerIndex === undefined) return undefined;
  if (spec.maxFailedIndexes !== undefined && indexes.size > spec.maxFailedIndexes)
    return failed(
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    );
  return indexes.size > 0 && indexes.size + succeeded >= (spec.completions ?? 0)
    ? failed('FailedIndexes', 'Job has failed indexes')
    : undefined;
}

/** How long it may still run; undefined when nothing limits it. */
export function deadlineInMs({ spec, status }: Job, now: number): number | undefined {
  if (spec?.activeDeadlineSeconds === undefined || spec.suspend || !status?.startTime) return undefined;
  return Math.max(0, Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - now);
}

function successOf(job: Job, pods: readonly Pod[], account: Account): Verdict | undefined {
  const { spec } = job;
  const rule = spec?.successPolicy?.rules.findIndex((r) => isMet(r, account)) ?? -1;
  if (rule >= 0)
    return {
      type: 'SuccessCriteriaMet',
      reason: 'SuccessPolicy',
      message: `Matched rules at index ${rule}`,
    };
  const isDone =
    spec?.completions === undefined
      ? account.succeeded > 0 && !pods.some(isActive)
      : account.succeeded >= spec.completions;
  return isDone
    ? {
        type: 'SuccessCriteriaMet',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : undefined;
}

type SuccessRule = NonNullable<NonNullable<Job['spec']>['successPolicy']>['rules'][number];

function isMet({ succeededIndexes, succeededCount }: SuccessRule, { completedIndexes }: Account): boolean {
  const among = succeededIndexes === undefined ? undefined : (parseIndexes(succeededIndexes) ?? []);
  const count = among ? among.filter((i) => completedIndexes.has(i)).length : completedIndexes.size;
  return count >= (succeededCount ?? among?.length ?? 0);
}
