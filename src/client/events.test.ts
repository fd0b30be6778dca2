import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { notFound } from '../api/errors.ts';
import { events, pods } from '../api/resource.ts';
import type { Event, Pod } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import type { Client } from './contract.ts';
import { eventRecorder } from './events.ts';

const pod: Pod = { metadata: { name: 'web', namespace: 'default', uid: '1' } };

/** The events that are there, and a recorder that writes them. */
function record() {
  const there = new Map<string, Event>();
  const client = {
    create: (_: unknown, event: Event) => {
      there.set(event.metadata.name, event);
      return Promise.resolve(event);
    },
    patch: (_: unknown, { name }: { name: string }, patch: Partial<Event>) => {
      const before = there.get(name);
      if (!before) return Promise.reject(notFound(events, name));
      there.set(name, { ...before, ...patch });
      return Promise.resolve();
    },
  } as unknown as Client;
  const clock = new FakeClock();
  const recorder = eventRecorder(client, 'kubelet', 'dev-1', clock);
  return { there, clock, tell: (reason: string) => recorder.event(pods, pod, 'Normal', reason, reason) };
}

describe('events', () => {
  test('have names in the order in which they happened, also within a millisecond', async () => {
    const { there, clock, tell } = record();
    const reasons = ['Scheduled', 'Pulled', 'Created', 'Started'];
    for (const reason of reasons) tell(reason);
    clock.advance(1);
    tell('Killing');
    await turn();
    const byName = [...there.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    assert.deepEqual(
      byName.map((event) => event.reason),
      [...reasons, 'Killing'],
    );
    for (const name of there.keys()) assert.match(name, /^web\.[0-9a-f]{16}$/);
  });

  test('of the same thing are one that counts', async () => {
    const { there, clock, tell } = record();
    tell('BackOff');
    clock.advance(5_000);
    tell('BackOff');
    await turn();
    const [event] = there.values();
    assert.equal(there.size, 1);
    assert.deepEqual(
      [event?.count, event?.firstTimestamp, event?.lastTimestamp],
      [2, '2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z'],
    );
  });

  test('that were deleted come back when the thing happens again, with their count', async () => {
    const { there, clock, tell } = record();
    tell('BackOff');
    await turn();
    there.clear();
    clock.advance(5_000);
    tell('BackOff');
    await turn();
    const [event] = there.values();
    assert.deepEqual([event?.count, event?.firstTimestamp], [2, '2026-01-01T00:00:00Z']);
  });
});
