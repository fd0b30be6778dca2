import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from '../../lib/clock.ts';
import { untilLeft } from './leaving.ts';
import { passiveOpens, type Visitors } from './visitors.ts';

/** Milliseconds until the pod is left, of which `at` tells who has come by then. */
async function leftAfter(
  at: (ms: number) => Visitors | undefined,
  { droppedAtMs = 0, longestMs = 2_000 } = {},
): Promise<number> {
  const clock = new FakeClock();
  const startMs = clock.now();
  const ms = () => clock.now() - startMs;
  const { signal } = new AbortController();
  const leaving = {
    dropped: clock.sleep(droppedAtMs),
    visitors: () => at(ms()),
    quietMs: 300,
    longestMs,
  };
  let left: number | undefined;
  void untilLeft(leaving, clock, signal).then(() => {
    left = ms();
  });
  while (left === undefined && ms() < 10_000) {
    await new Promise((resolve) => setImmediate(resolve));
    if (left === undefined) clock.advance(10);
  }
  return left ?? Number.NaN;
}

const nobody: Visitors = { came: 7, waiting: 0 };

test('a process that stood still has not heard that nobody comes', async () => {
  const clock = new FakeClock();
  let hasLeft = false;
  const leaving = { dropped: Promise.resolve(), visitors: () => nobody, quietMs: 300, longestMs: 60_000 };
  void untilLeft(leaving, clock, new AbortController().signal).then(() => {
    hasLeft = true;
  });
  for (let looks = 0; looks < 6; looks++) {
    assert.equal(hasLeft, false, `after ${looks} looks`);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(hasLeft, true);
});

describe('a pod that leaves', () => {
  test('waits until nobody has come for a while', async () => {
    assert.equal(await leftAfter(() => nobody), 300);
  });

  test('waits for proxies first', async () => {
    assert.equal(await leftAfter(() => nobody, { droppedAtMs: 400 }), 700);
  });

  test('waits longer for whom somebody still sends', async () => {
    assert.equal(await leftAfter((ms) => ({ came: Math.floor(Math.min(ms, 600) / 200), waiting: 0 })), 900);
  });

  test('waits until its server has taken everybody', async () => {
    assert.equal(await leftAfter((ms) => ({ came: 7, waiting: ms < 500 ? 1 : 0 })), 750);
  });

  test('does not wait for ever, neither for proxies nor for visitors', async () => {
    assert.equal(await leftAfter((ms) => ({ came: ms, waiting: 1 })), 2_000);
    assert.equal(await leftAfter(() => nobody, { droppedAtMs: 60_000, longestMs: 500 }), 500);
  });

  test('waits once where nothing can be told', async () => {
    assert.equal(await leftAfter(() => undefined), 300);
  });
});

test('the kernel’s count of connections is found by its name', () => {
  const snmp = 'Ip: Forwarding\nIp: 1\nTcp: RtoMin ActiveOpens PassiveOpens\nTcp: 200 3 42\n';
  assert.equal(passiveOpens(snmp), 42);
  assert.equal(passiveOpens(''), undefined);
});
