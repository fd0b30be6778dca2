import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPending, offersOtherwise, wantsOtherwise } from './relevance.ts';
import { aNode, aPod } from './testing/world.ts';

test('a pod waits for a node unless it has one, ends, is gated or has another scheduler', () => {
  assert.equal(isPending(aPod('p')), true);
  assert.equal(isPending(aPod('p', { node: 'a' })), false);
  assert.equal(isPending(aPod('p', { spec: { schedulerName: 'mine' } })), false);
  assert.equal(isPending(aPod('p', { spec: { schedulingGates: [{ name: 'later' }] } })), false);
  const ended = { ...aPod('p'), status: { phase: 'Failed' } };
  assert.equal(isPending(ended), false);
});

test('what the scheduler itself writes on a pod is no reason to try again', () => {
  const before = aPod('p');
  const told = { ...before, status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } };
  assert.equal(wantsOtherwise(told, before), false);
  assert.equal(wantsOtherwise(aPod('p', { labels: { app: 'web' } }), before), true);
  assert.equal(wantsOtherwise(before, aPod('p', { spec: { schedulingGates: [{ name: 'later' }] } })), true);
});

test('a heartbeat of a node is no reason to try again, and readiness is', () => {
  const before = aNode('a');
  const beat = { ...before, status: { ...before.status, images: [] } };
  assert.equal(offersOtherwise(beat, before), false);
  assert.equal(offersOtherwise(aNode('a', { ready: 'False' }), before), true);
  assert.equal(offersOtherwise(aNode('a', { labels: { disk: 'ssd' } }), before), true);
});
