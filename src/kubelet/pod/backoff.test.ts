import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from '../testing/pod.ts';
import { afterRestart, type Backoff, duration, restartAtMs } from './backoff.ts';

const crash = (atMs: number, ranMs = 100) =>
  recordOf('main', { state: 'exited', startedAtMs: atMs - ranMs, finishedAtMs: atMs });

test('the first restart is at once, then after 10 s, 20 s and so on up to 5 min', () => {
  let backoff: Backoff;
  const delays = Array.from({ length: 8 }, () => {
    const ended = crash(1_000_000);
    const delayMs = restartAtMs(backoff, ended) - 1_000_000;
    backoff = afterRestart(backoff, ended);
    return delayMs / 1000;
  });
  assert.deepEqual(delays, [0, 10, 20, 40, 80, 160, 300, 300]);
});

test('ten minutes of running are forgiven', () => {
  const ended = crash(1_000_000, 600_000);
  assert.equal(restartAtMs(300_000, ended), 1_000_000);
  assert.equal(afterRestart(300_000, ended), 10_000);
});

test('delays are told as Kubernetes tells them', () => {
  assert.deepEqual([10_000, 160_000, 300_000].map(duration), ['10s', '2m40s', '5m0s']);
});
