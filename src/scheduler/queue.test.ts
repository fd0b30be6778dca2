import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '../lib/clock.ts';
import { podQueue } from './queue.ts';

function queue() {
  const clock = new FakeClock();
  let woken = 0;
  const pods = podQueue(clock, new AbortController().signal, () => void woken++);
  const all = () => {
    const keys: string[] = [];
    for (let key = pods.next(); key !== undefined; key = pods.next()) keys.push(key);
    return keys;
  };
  return { clock, pods, all, woken: () => woken };
}

describe('pods that wait', () => {
  test('are tried in the order of priority, then as they came', () => {
    const { pods, all } = queue();
    pods.add('a', 0);
    pods.add('b', 0);
    pods.add('system', 2000);
    assert.deepEqual(all(), ['system', 'a', 'b']);
  });

  test('that fit nowhere are tried when something changes, and not before', async () => {
    const { pods, all, clock } = queue();
    pods.add('a', 0);
    all();
    pods.failed('a', 0);
    assert.deepEqual(all(), []);
    clock.advance(100);
    pods.moveAll();
    assert.deepEqual(all(), ['a']);
    await turn();
  });

  test('are tried less and less often while everything changes all the time', async () => {
    const { pods, all, clock, woken } = queue();
    pods.add('a', 0);
    let tries = 0;
    for (let ms = 0; ms < 10_000; ms += 50) {
      for (const key of all()) {
        tries++;
        pods.failed(key, 0);
      }
      pods.moveAll();
      clock.advance(50);
      await turn();
    }
    assert.ok(tries >= 7 && tries <= 9, `${tries} tries`);
    assert.ok(woken() >= tries);
  });

  test('that are gone are not tried', () => {
    const { pods, all } = queue();
    pods.add('a', 0);
    pods.remove('a');
    assert.deepEqual(all(), []);
  });
});
