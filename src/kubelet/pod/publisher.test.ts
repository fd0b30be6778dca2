import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { notFound } from '../../api/errors.ts';
import { pods } from '../../api/resource.ts';
import type { PodStatus } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import { FakeClock } from '../../lib/clock.ts';
import { podOf } from '../testing/pod.ts';
import { StatusPublisher, statusPatch } from './publisher.ts';

const ips = (...addresses: string[]) => addresses.map((ip) => ({ ip }));

describe('the patch', () => {
  test('has only what changed', () => {
    const before: PodStatus = { phase: 'Pending', hostIP: '1.1.1.1', containerStatuses: [] };
    assert.deepEqual(statusPatch(before, { ...before, phase: 'Running' }), { phase: 'Running' });
  });
  test('says what is not there any more', () => {
    const before: PodStatus = { phase: 'Failed', reason: 'Evicted', podIPs: ips('10.0.0.1', 'fd::1') };
    assert.deepEqual(statusPatch(before, { phase: 'Running', podIPs: ips('10.0.0.2') }), {
      phase: 'Running',
      reason: null,
      podIPs: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1', $patch: 'delete' }, { ip: 'fd::1', $patch: 'delete' }],
    });
  });
});

function published(answer: (n: number) => Error | undefined = () => undefined) {
  const clock = new FakeClock();
  const sent: unknown[] = [];
  const client = {
    patch: async (_resource: unknown, _target: unknown, { status }: { status: unknown }) => {
      sent.push(status);
      await turn();
      const err = answer(sent.length);
      if (err) throw err;
      return { metadata: { name: 'web', resourceVersion: `${sent.length}` } };
    },
  } as unknown as Client;
  const pod = podOf('{metadata: {resourceVersion: "0"}}');
  return {
    pod,
    clock,
    sent,
    publisher: new StatusPublisher(client, clock, new AbortController().signal, pod),
  };
}

describe('telling the API', () => {
  test('the newest wins while a request is under way, and nothing is told twice', async () => {
    const { pod, sent, publisher } = published();
    publisher.set(pod, { phase: 'Running' });
    await Promise.resolve();
    await Promise.resolve();
    publisher.set(pod, { phase: 'Running', message: 'a' });
    publisher.set(pod, { phase: 'Running', message: 'b' });
    await publisher.flush();
    publisher.set(pod, { phase: 'Running', message: 'b' });
    await publisher.flush();
    assert.deepEqual(sent, [{ phase: 'Running' }, { message: 'b' }]);
  });
  test('a condition that holds now does not keep the reason why it did not', async () => {
    const { pod, sent, publisher } = published();
    const waiting = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'not yet' };
    publisher.set(pod, { phase: 'Running', conditions: [waiting] });
    await publisher.flush();
    publisher.set(pod, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    await publisher.flush();
    assert.deepEqual(sent.at(-1), {
      conditions: [{ type: 'Ready', status: 'True', reason: null, message: null }],
    });
  });
  test('a pod that is coming up gathers what it has to tell', async () => {
    const { pod, clock, sent, publisher } = published();
    publisher.set(pod, { phase: 'Pending' });
    await turn();
    assert.deepEqual(sent, []);
    publisher.set(pod, { phase: 'Running' });
    await publisher.flush();
    assert.deepEqual(sent, [{ phase: 'Running' }]);
    publisher.set(pod, { phase: 'Pending' });
    await turn();
    clock.advance(100);
    await publisher.flush();
    assert.equal(sent.length, 2);
  });
  test('a server that is away is asked again', async () => {
    const { pod, clock, sent, publisher } = published((n) => (n === 1 ? new Error('refused') : undefined));
    publisher.set(pod, { phase: 'Running' });
    for (let i = 0; i < 5; i++) await turn();
    clock.advance(200);
    await publisher.flush();
    assert.equal(sent.length, 2);
  });
  test('a pod that is gone is told of no more', async () => {
    const { pod, sent, publisher } = published(() => notFound(pods, 'web'));
    publisher.set(pod, { phase: 'Running' });
    await publisher.flush();
    publisher.stop();
    publisher.set(pod, { phase: 'Failed' });
    await publisher.flush();
    assert.equal(sent.length, 1);
  });
  test('what somebody else has written over it is told again', async () => {
    const { pod, sent, publisher } = published();
    publisher.set(pod, { phase: 'Running' });
    await publisher.flush();
    publisher.observe(podOf('{metadata: {resourceVersion: "1"}, status: {phase: Pending}}'));
    publisher.set(pod, { phase: 'Running' });
    await publisher.flush();
    assert.equal(sent.length, 1, 'an echo of before is no news');
    publisher.observe(podOf('{metadata: {resourceVersion: "2"}, status: {phase: Unknown}}'));
    publisher.set(pod, { phase: 'Running' });
    await publisher.flush();
    assert.deepEqual(sent.at(-1), { phase: 'Running' });
    assert.equal(sent.length, 2);
  });
});
