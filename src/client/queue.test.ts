import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '../lib/clock.ts';
import { workQueue } from './queue.ts';

describe('a work queue', () => {
  test('works once on a key that was added many times in one turn', async () => {
    const worked: string[] = [];
    const queue = workQueue({
      name: 'test',
      process: (key) => Promise.resolve(void worked.push(key)),
      signal: new AbortController().signal,
    });
    for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
    await queue.idle();
    assert.deepEqual(worked, ['a', 'b']);
  });

  test('works again on a key that was added while it was being worked on, never twice at once', async () => {
    let running = 0;
    let runs = 0;
    const queue = workQueue({
      name: 'test',
      concurrency: 4,
      signal: new AbortController().signal,
      process: async (key) => {
        assert.equal(++running, 1);
        if (++runs === 1) queue.add(key);
        await turn();
        running--;
      },
    });
    queue.add('a');
    await queue.idle();
    assert.equal(runs, 2);
  });

  test('does not let a key wait for another that is being worked on', async () => {
    const slow = Promise.withResolvers<void>();
    const worked: string[] = [];
    const queue = workQueue({
      name: 'test',
      concurrency: 2,
      signal: new AbortController().signal,
      process: (key) => {
        worked.push(key);
        return key === 'slow' ? slow.promise : Promise.resolve();
      },
    });
    queue.add('slow');
    await turn();
    queue.add('slow');
    queue.add('quick');
    await turn();
    assert.deepEqual(worked, ['slow', 'quick']);
    slow.resolve();
    await queue.idle();
  });

  test('tries a failed key again, later each time', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const at: number[] = [];
    const queue = workQueue({
      name: 'test',
      clock,
      signal: new AbortController().signal,
      process: () => {
        at.push(clock.now() - start);
        return at.length < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      },
    });
    queue.add('a');
    for (let i = 0; i < 100; i++) {
      await turn();
      clock.advance(1);
    }
    assert.deepEqual(
      at
        .map((ms, i) => ms - (at[i - 1] ?? 0))
        .slice(1)
        .map((gap) => gap >= 10),
      [true, true, true],
    );
    assert.ok((at[3] ?? 0) - (at[2] ?? 0) > (at[1] ?? 0) - (at[0] ?? 0));
  });
});
