import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../table.ts';
import { fromYaml, said } from '../testObjects.ts';
import type { CronJob, Job } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { cronJob } from './cronjob/kind.ts';
import { job } from './job/kind.ts';

const pods = 'template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } }';
const aJob = (spec = '', more = ''): Job =>
  fromYaml(job, `{ metadata: { name: work, uid: u-1 ${more} }, spec: { ${spec}${spec && ', '}${pods} } }`);
const wrong = (spec: string) => said(validateCreate(job, aJob(spec)));
const change = (before: string, after: string) => said(validateUpdate(job, aJob(after), aJob(before)));

describe('a Job', () => {
  test('runs one pod once, and selects it by its own uid', () => {
    const { spec } = aJob();
    assert.deepEqual(
      [spec?.completions, spec?.parallelism, spec?.backoffLimit, spec?.completionMode, spec?.suspend],
      [1, 1, 6, 'NonIndexed', false],
    );
    assert.deepEqual(spec?.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
    assert.deepEqual(spec.template.metadata?.labels, {
      'controller-uid': 'u-1',
      'batch.kubernetes.io/controller-uid': 'u-1',
      'job-name': 'work',
      'batch.kubernetes.io/job-name': 'work',
    });
    assert.deepEqual(wrong(''), []);
  });

  test('with parallelism alone is a work queue; limits an index instead of all when told so', () => {
    assert.equal(aJob('parallelism: 3').spec?.completions, undefined);
    const perIndex = 'completionMode: Indexed, completions: 2, backoffLimitPerIndex: 1';
    assert.equal(aJob(perIndex).spec?.backoffLimit, 2 ** 31 - 1);
  });

  const table: [string, string][] = [
    ['completions: -1', 'spec.completions: Invalid value: -1: must be greater than or equal to 0'],
    [
      'completionMode: Indexed, parallelism: 1',
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [
      'completionMode: Other',
      'spec.completionMode: Unsupported value: "Other": supported values: "NonIndexed", "Indexed"',
    ],
    [
      'backoffLimitPerIndex: 1',
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    ],
    [
      'podFailurePolicy: { rules: [{ action: FailJob, onExitCodes: { operator: In, values: [0] } }] }',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
    ],
    [
      'podFailurePolicy: { rules: [] }, podReplacementPolicy: TerminatingOrFailed',
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
    [
      'completionMode: Indexed, completions: 2, successPolicy: { rules: [{ succeededCount: 3 }] }',
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of specified completions)',
    ],
  ];
  for (const [spec, error] of table)
    test(`with { ${spec} } is refused`, () => assert.deepEqual(wrong(spec), [error]));

  test('has pods that end', () => {
    const always = fromYaml(job, `{ metadata: { uid: u }, spec: { ${pods.replace('Never', 'Always')} } }`);
    assert.deepEqual(said(validateCreate(job, always)), [
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ]);
  });

  test('may not be given the labels of another', () => {
    const other = aJob();
    Object.assign(other.spec?.template.metadata?.labels ?? {}, { 'job-name': 'other' });
    assert.match(
      said(validateCreate(job, other))[0] ?? '',
      /^spec\.template\.metadata\.labels: .*must be 'work'$/,
    );
  });

  test('keeps its template, its selector and its completions', () => {
    assert.deepEqual(change('completions: 2', 'completions: 3'), [
      'spec.completions: Invalid value: 3: field is immutable',
    ]);
    assert.deepEqual(change('', 'parallelism: 5, completions: 1'), []);
    const after = aJob();
    Object.assign(after.spec?.template.spec?.containers[0] ?? {}, { image: 'other' });
    assert.match(said(validateUpdate(job, after, aJob()))[0] ?? '', /^spec\.template: .*field is immutable$/);
  });

  test('that is indexed may grow when completions and parallelism grow together', () => {
    const size = (n: number) => `completionMode: Indexed, completions: ${n}, parallelism: ${n}`;
    assert.deepEqual(change(size(2), size(4)), []);
    assert.equal(change(size(2), 'completionMode: Indexed, completions: 4, parallelism: 2').length, 1);
  });

  test('that has not started may still be sent to other nodes', () => {
    const after = aJob('suspend: true');
    Object.assign(after.spec?.template.spec ?? {}, { nodeSelector: { disk: 'ssd' } });
    assert.deepEqual(said(validateUpdate(job, after, aJob('suspend: true'))), []);
    assert.equal(validateUpdate(job, after, aJob()).length, 1);
  });

  test('is listed with its status, its completions and how long it took', () => {
    const done = aJob('completions: 2');
    done.status = {
      succeeded: 2,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:00:09Z',
      conditions: [{ type: 'Complete', status: 'True' }],
    };
    const cells = tableOf(job, [done], Date.UTC(2026, 0, 2)).rows?.[0]?.cells ?? [];
    assert.deepEqual(cells.slice(0, 4), ['work', 'Complete', '2/2', '9s']);
  });
});

const cron = (spec: string, name = 'tick'): CronJob =>
  fromYaml(cronJob, `{ metadata: { name: ${name} }, spec: { ${spec}, jobTemplate: { spec: { ${pods} } } } }`);

describe('a CronJob', () => {
  test('leaves to the Job what a Job has by default', () => {
    const { spec } = cron('schedule: "* * * * *"');
    assert.equal(spec?.concurrencyPolicy, 'Allow');
    assert.deepEqual([spec.successfulJobsHistoryLimit, spec.failedJobsHistoryLimit], [3, 1]);
    assert.deepEqual(Object.keys(spec.jobTemplate.spec ?? {}), ['template']);
  });

  const table: [string, RegExp][] = [
    ['schedule: often', /^spec\.schedule: Invalid value: "often": expected exactly 5 fields/],
    ['schedule: "TZ=UTC * * * * *"', /cannot use TZ or CRON_TZ in schedule, use timeZone field instead$/],
    ['schedule: "@daily", timeZone: Mars/Base', /^spec\.timeZone: .*unknown time zone Mars\/Base$/],
    ['schedule: "@daily", timeZone: Local', /timeZone must be an explicit time zone/],
    ['schedule: "@daily", concurrencyPolicy: Maybe', /^spec\.concurrencyPolicy: Unsupported value: "Maybe"/],
  ];
  for (const [spec, error] of table)
    test(`with { ${spec} } is refused`, () => {
      const errors = said(validateCreate(cronJob, cron(spec)));
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? '', error);
    });

  test('has a name that leaves room for those of its Jobs', () => {
    assert.deepEqual(said(validateCreate(cronJob, cron('schedule: "@daily"', 'x'.repeat(53)))), [
      `metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`,
    ]);
  });

  test('is listed with its schedule and what runs', () => {
    const cells = tableOf(cronJob, [cron('schedule: "@daily"')], 0).rows?.[0]?.cells ?? [];
    assert.deepEqual(cells.slice(0, 6), ['tick', '@daily', '<none>', 'False', 0, '<none>']);
  });
});
