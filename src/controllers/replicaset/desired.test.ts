import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ago, aPod, aReplicaSet, now, type PodWords } from '../testing/objects.ts';
import { desired, statusOf } from './desired.ts';

const pods = (...words: PodWords[]) => words.map((w, i) => aPod({ name: `p${i}`, node: 'n1', ...w }));

describe('a ReplicaSet', () => {
  test('creates what is missing; pods that end or have ended do not count', () => {
    const owned = pods({}, { terminating: true }, { phase: 'Failed' });
    assert.deepEqual(desired(aReplicaSet({ replicas: 3 }), owned, owned, now), { create: 2, remove: [] });
  });

  test('that is deleted itself does nothing', () => {
    const set = aReplicaSet({ replicas: 3 });
    set.metadata.deletionTimestamp = ago(1);
    assert.deepEqual(desired(set, [], [], now), { create: 0, remove: [] });
  });

  const preferences: [string, PodWords, PodWords][] = [
    ['without a node', { node: '' }, {}],
    ['pending', { phase: 'Pending', ready: false }, { ready: false }],
    ['not ready', { ready: false }, {}],
    ['cheap to delete', { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } }, {}],
    ['on the fuller node', { node: 'full' }, { node: 'empty' }],
    ['ready for a short time', { readyFor: 5 }, { readyFor: 5000 }],
    ['restarted more often', { restarts: 3 }, { restarts: 1 }],
    ['younger', { age: 5, readyFor: 5 }, { age: 5000, readyFor: 5 }],
  ];
  for (const [what, first, second] of preferences)
    test(`removes the pod that is ${what} first`, () => {
      const owned = pods(second, first);
      const related = [...owned, aPod({ name: 'other', node: 'full' })];
      const { remove } = desired(aReplicaSet({ replicas: 1 }), owned, related, now);
      assert.deepEqual(remove, [owned[1]]);
    });

  test('counts a pod as available after minReadySeconds, and says when to look again', () => {
    const owned = pods({ readyFor: 30 }, { readyFor: 4 }, { ready: false });
    const { status, againMs } = statusOf(
      aReplicaSet({ replicas: 3, minReadySeconds: 10 }),
      owned,
      undefined,
      now,
    );
    assert.equal(status.replicas, 3);
    assert.equal(status.readyReplicas, 2);
    assert.equal(status.availableReplicas, 1);
    assert.equal(againMs, 6000);
  });

  test('tells of pods that cannot be made, and stops telling when they can', () => {
    const set = aReplicaSet();
    const failure = { reason: 'FailedCreate' as const, message: 'quota' };
    const { status } = statusOf(set, [], failure, now);
    assert.deepEqual(
      status.conditions?.map((c) => [c.type, c.status, c.reason, c.message]),
      [['ReplicaFailure', 'True', 'FailedCreate', 'quota']],
    );
    assert.equal(statusOf({ ...set, status }, [], undefined, now).status.conditions, undefined);
  });
});
