import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from '../../../lib/clock.ts';
import { podOf, recordOf } from '../../testing/pod.ts';
import type { Measurement } from './measure.ts';
import { meter, shortestMs } from './rates.ts';

/** A node that always uses one core and a container that uses half of one. */
function busyNode() {
  const clock = new FakeClock();
  const bootMs = clock.now();
  const record = recordOf('web', { id: 'c1', startedAtMs: bootMs });
  let looks = 0;
  const look = async (): Promise<Measurement> => {
    looks++;
    const atMs = clock.now();
    const ran = (atMs - bootMs) * 1e6;
    return {
      node: { atMs, cpuNanoseconds: ran, memoryBytes: 2 },
      pods: [{ pod: podOf('{}'), containers: [{ record, atMs, cpuNanoseconds: ran / 2, memoryBytes: 1 }] }],
    };
  };
  return { clock, ask: meter(look, clock), looks: () => looks };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The answer, with time going on while it waits. */
async function answered<T>(clock: FakeClock, answer: Promise<T>, ms = shortestMs): Promise<T> {
  await turn();
  clock.advance(ms);
  return answer;
}

describe('the rate of use', () => {
  test('takes a short moment when nobody asked before', async () => {
    const { clock, ask, looks } = busyNode();
    assert.equal(looks(), 0, 'nobody looks while nobody asks');
    const { node, containers } = await answered(clock, ask());
    assert.deepEqual(node, { nanoCores: 1e9, windowSeconds: 0.5 });
    assert.deepEqual(containers.get('c1'), { nanoCores: 5e8, windowSeconds: 0.5 });
    assert.equal(looks(), 2);
  });

  test('is told at once, since the question before', async () => {
    const { clock, ask, looks } = busyNode();
    await answered(clock, ask());
    clock.advance(9_500);
    const { node } = await ask();
    assert.deepEqual(node, { nanoCores: 1e9, windowSeconds: 10 });
    assert.equal(looks(), 3);
  });

  test('does not go back for longer than a minute', async () => {
    const { clock, ask } = busyNode();
    await answered(clock, ask());
    clock.advance(600_000);
    const { node } = await answered(clock, ask());
    assert.equal(node?.windowSeconds, 0.5);
  });

  test('goes on from a newer look after fifteen seconds', async () => {
    const { clock, ask } = busyNode();
    await answered(clock, ask());
    clock.advance(20_000);
    assert.equal((await ask()).node?.windowSeconds, 20.5);
    clock.advance(1_000);
    assert.equal((await ask()).node?.windowSeconds, 1);
  });

  test('is counted once for all who ask at the same time', async () => {
    const { clock, ask, looks } = busyNode();
    const both = Promise.all([ask(), ask()]);
    await answered(clock, both);
    assert.equal(looks(), 2);
  });

  test('of a container that is newer than the last look counts from its start', async () => {
    const clock = new FakeClock();
    const [startedAtMs] = [clock.now() + 5_000];
    const record = recordOf('web', { id: 'c2', startedAtMs });
    const ask = meter(async () => {
      const atMs = clock.now();
      const containers = atMs < startedAtMs ? [] : [{ record, atMs, cpuNanoseconds: 2e9, memoryBytes: 1 }];
      return { pods: [{ pod: podOf('{}'), containers }] };
    }, clock);
    await answered(clock, ask());
    clock.advance(8_500);
    assert.deepEqual((await ask()).containers.get('c2'), { nanoCores: 5e8, windowSeconds: 4 });
  });
});
