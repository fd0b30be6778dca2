import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestInformer } from '../../test/support/informer.ts';
import type { EndpointSlice, Pod } from '../api/types.ts';
import { departures } from './departures.ts';

const pod = { metadata: { name: 'web', namespace: 'default', uid: 'u1' } } as Pod;

let version = 40;
const slice = (name: string, conditions?: { ready: boolean; terminating?: boolean }): EndpointSlice => ({
  metadata: { name, namespace: 'default', resourceVersion: String(++version) },
  addressType: 'IPv4',
  endpoints: conditions
    ? [{ addresses: ['10.244.0.5'], conditions, targetRef: { kind: 'Pod', name: 'web', uid: 'u1' } }]
    : [],
});

const tick = () => new Promise((resolve) => setImmediate(resolve));

function follow(informer: TestInformer<EndpointSlice>) {
  const order: string[] = [];
  const beforeStop = departures(informer, async (to) => void order.push(`rules of version ${to}`));
  return { order, left: beforeStop(pod).then(() => order.push('left')) };
}

test('a pod in no slice leaves at once', async () => {
  const { left } = follow(new TestInformer<EndpointSlice>());
  await left;
});

test('a pod leaves when all of its slices say so, and the rules are written', async () => {
  const informer = new TestInformer<EndpointSlice>();
  informer.put(slice('a', { ready: true }), slice('b', { ready: true }), slice('c', { ready: true }));
  const { order, left } = follow(informer);
  informer.put(slice('a', { ready: false, terminating: true }));
  await tick();
  informer.put(slice('b'));
  await tick();
  assert.deepEqual(order, []);
  informer.delete('default/c');
  await left;
  assert.deepEqual(order, [`rules of version ${version}`, 'left']);
});

test('published although it is not ready, it leaves when it is terminating', async () => {
  const informer = new TestInformer<EndpointSlice>();
  informer.put(slice('a', { ready: true }));
  const { left } = follow(informer);
  informer.put(slice('a', { ready: true, terminating: true }));
  await left;
});
