import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job, Pod } from '../../api/types.ts';
import { aJob, aJobPod } from '../testing/batch.ts';
import { ago, now } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { podFor } from './pods.ts';

const truths = (job: Job['status']) =>
  (job?.conditions ?? []).filter((c) => c.status === 'True').map((c) => `${c.type} ${c.reason}`);

/** `+` a pod that is made (`+2`: of this index), `-name` one that goes. */
function step(job: Job, pods: Pod[]): string {
  const { create, dismiss, end } = desired(job, pods, now);
  const made = create.map(({ index }) => (index < 0 ? '+' : `+${index}`));
  return [...made, ...[...dismiss, ...end].map((pod) => `-${pod.metadata.name}`)].join(' ');
}

describe('the pods of a Job', () => {
  const p = (name: string, words = {}) => aJobPod({ name, ...words });
  const table: [string, Job, Pod[], string][] = [
    ['are as many as parallelism', aJob({ completions: 5, parallelism: 2 }), [], '+ +'],
    ['are no more than are missing', aJob({ completions: 1, parallelism: 2 }), [], '+'],
    ['stay while they run', aJob({ completions: 5, parallelism: 1 }), [p('a')], ''],
    ['go when parallelism shrinks', aJob({ completions: 5, parallelism: 1 }), [p('a'), p('b')], '-a'],
    ['all go when it is suspended', aJob({ suspend: true }), [p('a')], '-a'],
    ['are replaced once they fail, after a while', aJob(), [p('a', { exitCode: 1, ended: 11 })], '+'],
    ['are not replaced before', aJob(), [p('a', { exitCode: 1, ended: 9 })], ''],
    [
      'of a work queue are not replaced when one is done',
      aJob({ completions: undefined as never, parallelism: 3 }),
      [p('a', { exitCode: 0 }), p('b')],
      '',
    ],
    ['are replaced while they end', aJob(), [p('a', { terminating: true, counted: true })], '+'],
    [
      'are not replaced before they have ended, if it says so',
      aJob({ podReplacementPolicy: 'Failed' }),
      [p('a', { terminating: true })],
      '',
    ],
  ];
  for (const [what, job, pods, expected] of table) test(what, () => assert.equal(step(job, pods), expected));

  const indexed = aJob({ completionMode: 'Indexed', completions: 4, parallelism: 2 });
  const numbered: [string, Pod[], string][] = [
    ['begin at the first', [], '+0 +1'],
    ['fill gaps', [p('a', { index: 0, exitCode: 0, counted: false }), p('b', { index: 2 })], '+1'],
    ['have one of each', [p('a', { index: 0 }), p('b', { index: 0 })], '+1 -b'],
  ];
  for (const [what, pods, expected] of numbered)
    test(`of indexes ${what}`, () => assert.equal(step(indexed, pods), expected));

  test('know their index', () => {
    const pod = podFor(indexed, { index: 3 });
    assert.equal(pod.metadata.generateName, 'work-3-');
    assert.equal(pod.spec?.hostname, 'work-3');
    assert.equal(pod.metadata.labels?.['batch.kubernetes.io/job-completion-index'], '3');
    assert.deepEqual(
      pod.spec?.containers[0]?.env?.[0]?.valueFrom?.fieldRef?.fieldPath,
      "metadata.labels['batch.kubernetes.io/job-completion-index']",
    );
  });
});

describe('a Job counts', () => {
  test('a pod that ended first by its uid, and for good when it is released', () => {
    const job = aJob({ completions: 2 });
    const pod = aJobPod({ name: 'a', exitCode: 0 });
    const first = desired(job, [pod], now);
    assert.deepEqual(first.status?.uncountedTerminatedPods, { succeeded: ['uid-a'] });
    assert.equal(first.status.succeeded, 0);
    assert.deepEqual(first.release, [pod]);
    const released = aJobPod({ name: 'a', exitCode: 0, counted: true });
    const second = desired({ ...job, status: first.status }, [released], now);
    assert.equal(second.status?.succeeded, 1);
    assert.deepEqual(second.status.uncountedTerminatedPods, {});
    const third = desired({ ...job, status: second.status }, [released], now);
    assert.equal(third.status?.succeeded, 1);
  });

  test('a pod that is gone once it was written down', () => {
    const status = { startTime: ago(9), failed: 1, uncountedTerminatedPods: { failed: ['uid-x'] } };
    assert.equal(desired(aJob({}, status), [], now).status?.failed, 2);
  });
});

describe('a Job ends', () => {
  test('when enough have succeeded and all is counted', () => {
    const first = desired(aJob(), [aJobPod({ exitCode: 0 })], now);
    assert.deepEqual(truths(first.status), ['SuccessCriteriaMet CompletionsReached']);
    const job = aJob({}, first.status);
    const second = desired(job, [aJobPod({ exitCode: 0, counted: true })], now);
    assert.deepEqual(truths(second.status), [
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ]);
    assert.ok(second.status?.completionTime);
    assert.deepEqual(
      second.events.map((e) => e.reason),
      ['Completed'],
    );
  });

  const failures: [string, Job, Pod[], string][] = [
    [
      'beyond the backoffLimit',
      aJob({ backoffLimit: 0 }),
      [aJobPod({ exitCode: 1 })],
      'BackoffLimitExceeded',
    ],
    ['after its deadline', aJob({ activeDeadlineSeconds: 100 }), [aJobPod()], 'DeadlineExceeded'],
    [
      'when all indexes have ended and one failed',
      aJob({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 0, backoffLimit: 99 }),
      [aJobPod({ index: 0, exitCode: 1 })],
      'FailedIndexes',
    ],
    [
      'with too many failed indexes',
      aJob({
        completionMode: 'Indexed',
        completions: 3,
        backoffLimitPerIndex: 0,
        maxFailedIndexes: 0,
        backoffLimit: 99,
      }),
      [aJobPod({ index: 0, exitCode: 1 })],
      'MaxFailedIndexesExceeded',
    ],
    [
      'when its policy says so',
      aJob({
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [7] } }] },
      }),
      [aJobPod({ exitCode: 8 })],
      'PodFailurePolicy',
    ],
  ];
  for (const [what, job, pods, reason] of failures)
    test(`${what}, and its pods end with it`, () => {
      const { status, create } = desired(job, pods, now);
      assert.deepEqual(truths(status), [`FailureTarget ${reason}`]);
      assert.deepEqual(create, []);
    });

  test('early when its success policy is met, and ends what still runs', () => {
    const job = aJob({
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
      successPolicy: { rules: [{ succeededIndexes: '0,2', succeededCount: 1 }] },
    });
    const pods = [aJobPod({ name: 'a', index: 2, exitCode: 0 }), aJobPod({ name: 'b', index: 1 })];
    const { status, end } = desired(job, pods, now);
    assert.deepEqual(truths(status), ['SuccessCriteriaMet SuccessPolicy']);
    assert.deepEqual(end, [pods[1]]);
  });

  test('and then lets all of its pods go', () => {
    const status = { conditions: [{ type: 'Complete', status: 'True' }] };
    const pod = aJobPod();
    assert.deepEqual(desired(aJob({}, status), [pod], now).release, [pod]);
  });
});

describe('a failure', () => {
  test('that a policy ignores counts for nothing', () => {
    const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
    const pod = aJobPod({ exitCode: 137 });
    pod.status?.conditions?.push({ type: 'DisruptionTarget', status: 'True' });
    const { status, create } = desired(aJob({ backoffLimit: 0, podFailurePolicy: { rules } }), [pod], now);
    assert.deepEqual(status?.uncountedTerminatedPods, {});
    assert.equal(create.length, 1);
  });

  test('delays the next one twice as long', () => {
    const two = [1, 2].map((n) => aJobPod({ name: `p${n}`, exitCode: 1, ended: n }));
    assert.equal(desired(aJob(), two, now).againMs, 19_000);
  });

  test('is counted for its index alone', () => {
    const job = aJob({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 });
    const pods = [aJobPod({ name: 'a', index: 0, failures: 0, exitCode: 1, ended: 60 })];
    assert.deepEqual(desired(job, pods, now).create, [
      { index: 0, failures: 1 },
      { index: 1, failures: 0 },
    ]);
    const again = [...pods, aJobPod({ name: 'b', index: 0, failures: 1, exitCode: 1, ended: 30 })];
    const { create, status } = desired(job, again, now);
    assert.deepEqual(create, [{ index: 1, failures: 0 }]);
    assert.equal(status?.failedIndexes, '0');
  });
});
