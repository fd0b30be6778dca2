import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CronJob, Job } from '../../api/types.ts';
import { aCronJob, aJob } from '../testing/batch.ts';
import { ago, now } from '../testing/objects.ts';
import { desired } from './desired.ts';

const made = (cron: CronJob, jobs: Job[] = []) => desired(cron, jobs, now).create?.draft.metadata.name;
const minute = Math.floor(now / 60_000);

const jobAt = (name: string, start: number, outcome?: 'Complete' | 'Failed'): Job => {
  const status = {
    startTime: ago(start),
    ...(outcome && { conditions: [{ type: outcome, status: 'True' }] }),
    ...(outcome === 'Complete' && { completionTime: ago(start - 1) }),
  };
  const job = aJob({}, status);
  return { ...job, metadata: { ...job.metadata, name, uid: `uid-${name}` } };
};

describe('a CronJob', () => {
  test('makes one Job for the newest time that has passed, named by its minute', () => {
    assert.equal(made(aCronJob()), `tick-${minute}`);
    assert.equal(made(aCronJob({}, { lastScheduleTime: ago(600) })), `tick-${minute}`);
  });

  test('makes none twice, none before its time, and none while it is suspended', () => {
    assert.equal(made(aCronJob({}, { lastScheduleTime: ago(0) })), undefined);
    assert.equal(made(aCronJob({ schedule: '30 12 * * *' })), undefined);
    assert.equal(made(aCronJob({ suspend: true })), undefined);
  });

  test('looks again when the next time has come', () => {
    const { againMs = 0 } = desired(aCronJob({}, { lastScheduleTime: ago(0) }), [], now);
    assert.equal(Math.floor(againMs / 1000), 60);
  });

  test('lets a time pass that its deadline has made too old', () => {
    const hourly = { schedule: '30 * * * *' };
    const status = { lastScheduleTime: ago(7200) };
    assert.equal(made(aCronJob(hourly, status)), `tick-${minute - 30}`);
    assert.equal(made(aCronJob({ ...hourly, startingDeadlineSeconds: 600 }, status)), undefined);
  });

  test('finds the newest of years of missed times, and warns', () => {
    const { create, events } = desired(aCronJob({}, { lastScheduleTime: ago(3 * 365 * 86_400) }), [], now);
    assert.equal(create?.dueMs, now);
    assert.deepEqual(
      events.map((e) => e.reason),
      ['TooManyMissedTimes'],
    );
  });

  test('does as its concurrencyPolicy says while a Job runs', () => {
    const running = jobAt('tick-1', 100);
    assert.equal(made(aCronJob({ concurrencyPolicy: 'Allow' }), [running]), `tick-${minute}`);
    assert.equal(made(aCronJob({ concurrencyPolicy: 'Forbid' }), [running]), undefined);
    assert.deepEqual(desired(aCronJob({ concurrencyPolicy: 'Replace' }), [running], now).replace, [running]);
  });

  test('forgets the oldest of its finished Jobs', () => {
    const jobs = [40, 30, 20, 10].map((s) => jobAt(`done-${s}`, s, 'Complete'));
    const failed = [45, 35].map((s) => jobAt(`bad-${s}`, s, 'Failed'));
    const { forget } = desired(aCronJob(), [...jobs, ...failed], now);
    assert.deepEqual(
      forget.map((j) => j.metadata.name),
      ['done-40', 'bad-45'],
    );
  });

  test('sees a Job end, and when one last succeeded', () => {
    const done = jobAt('tick-1', 10, 'Complete');
    const active = [{ name: 'tick-1', uid: 'uid-tick-1' }];
    const { status, events } = desired(aCronJob({ suspend: true }, { active }), [done], now);
    assert.deepEqual(status, { lastSuccessfulTime: ago(9) });
    assert.deepEqual(
      events.map((e) => e.message),
      ['Saw completed job: tick-1, condition: Complete'],
    );
  });
});
