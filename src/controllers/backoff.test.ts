import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from '../lib/clock.ts';
import { backoff } from './backoff.ts';

describe('what fails again and again', () => {
  test('waits not at all, then longer and longer up to a limit', () => {
    const clock = new FakeClock();
    const { failed } = backoff({ shortestMs: 1000, longestMs: 5000, clock });
    const waits = ['a', 'b', 'c', 'd', 'e'].map((occasion) => failed('node', occasion));
    assert.deepEqual(waits, [0, 1000, 2000, 4000, 5000]);
  });

  test('waits no longer when the same failure is told again', () => {
    const clock = new FakeClock();
    const { failed } = backoff({ shortestMs: 1000, longestMs: 5000, clock });
    failed('node', 'a');
    failed('node', 'b');
    clock.advance(600);
    assert.equal(failed('node', 'b'), 400);
    clock.advance(600);
    assert.equal(failed('node', 'b'), 0);
  });

  test('is forgotten when it went well for long', () => {
    const clock = new FakeClock();
    const { failed } = backoff({ shortestMs: 1000, longestMs: 5000, clock });
    for (const occasion of ['a', 'b', 'c']) failed('node', occasion);
    clock.advance(60_000);
    assert.equal(failed('node', 'd'), 0);
  });
});
