import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from './decide.ts';
import { nominatedPods } from './nominated.ts';
import { podInfo } from './snapshot.ts';
import { aPod, world } from './testing/world.ts';

const pod = (name: string, priority: number) =>
  podInfo(aPod(name, { requests: { cpu: '3' }, spec: { priority } }));

test('room that is made for a pod is not taken by one that is less important, nor by its equal', () => {
  const made = world({ a: {} });
  const nominated = nominatedPods(made.snapshot);
  nominated.set(pod('promised', 5), 'a');
  const place = (name: string, priority: number) => {
    const info = pod(name, priority);
    const decision = nominated.beside(info, () => decide(info, made));
    return 'node' in decision ? decision.node : decision.message;
  };
  const full = '0/1 nodes are available: 1 Insufficient cpu.';
  assert.equal(place('lower', 1), full);
  assert.equal(place('equal', 5), full);
  assert.equal(place('higher', 9), 'a');
  assert.equal(place('promised', 5), 'a');
  assert.equal(made.snapshot.node('a')?.pods.size, 0, 'it is not there yet');
  nominated.remove('default/promised');
  assert.equal(place('lower', 1), 'a');
});
