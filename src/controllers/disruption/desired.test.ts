import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import { ago, aPod, now, type PodWords } from '../testing/objects.ts';
import { desired, forgetAfterMs, type Scale } from './desired.ts';
import { type Owners, scaleOf } from './scale.ts';

type Spec = Record<string, unknown>;

const budget = (spec: Spec, status: object = {}): PodDisruptionBudget =>
  ({
    metadata: { name: 'web', namespace: 'default', generation: 3 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status,
  }) as unknown as PodDisruptionBudget;

const many = (count: number, words: PodWords = {}): Pod[] =>
  Array.from({ length: count }, (_, i) => aPod({ name: `web-${i}`, ...words }));

function reckon(spec: Spec, pods: readonly Pod[], scale: Scale = { wanted: pods.length }, status = {}) {
  return desired({ budget: budget(spec, status), pods, scale: () => scale, now });
}

describe('a budget allows', () => {
  /** What it says, pods that are healthy and not, how many there should be; how many must be healthy, how many may go. */
  const table: [string, Spec, [number, number], number, number, number][] = [
    ['those beyond a number', { minAvailable: 2 }, [3, 0], 3, 2, 1],
    ['none when there are just enough', { minAvailable: 2 }, [2, 1], 3, 2, 0],
    ['those beyond a share, which is rounded up', { minAvailable: '50%' }, [3, 0], 3, 2, 1],
    ['a number that may be missing', { maxUnavailable: 1 }, [3, 0], 3, 2, 1],
    ['what is left of it', { maxUnavailable: 1 }, [2, 1], 3, 2, 0],
    ['a share that may be missing, which is rounded up', { maxUnavailable: '34%' }, [3, 0], 3, 1, 2],
    ['no more than there are', { maxUnavailable: 5 }, [2, 0], 2, 0, 2],
    ['fewer than there are while pods are still to come', { maxUnavailable: 1 }, [3, 0], 4, 3, 0],
  ];
  for (const [what, spec, [healthy, unhealthy], wanted, desiredHealthy, allowed] of table)
    test(what, () => {
      const pods = [...many(healthy), ...many(unhealthy, { ready: false })];
      const { status } = reckon(spec, pods, { wanted });
      assert.deepEqual(
        [status.currentHealthy, status.desiredHealthy, status.disruptionsAllowed, status.observedGeneration],
        [healthy, desiredHealthy, allowed, 3],
      );
      const [condition] = status.conditions ?? [];
      assert.deepEqual(
        [condition?.status, condition?.reason],
        allowed > 0 ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods'],
      );
    });

  test('nobody to go who is alone: without pods there is nothing to give away', () => {
    assert.equal(reckon({ minAvailable: 0 }, []).status.disruptionsAllowed, 0);
  });

  test('none while it is not known how many there should be', () => {
    const { status } = reckon({ maxUnavailable: 1 }, many(3), { unknown: 'nobody knows' });
    assert.equal(status.disruptionsAllowed, 0);
    assert.deepEqual(
      [status.conditions?.[0]?.reason, status.conditions?.[0]?.message],
      ['SyncFailed', 'nobody knows'],
    );
  });
});

describe('an eviction that was granted', () => {
  const granted = (seconds: number) => ({ disruptedPods: { 'web-0': ago(seconds), gone: ago(1) } });

  test('counts as if the pod were gone already, until it is', () => {
    const { status, againInMs } = reckon({ minAvailable: 1 }, many(3), { wanted: 3 }, granted(10));
    assert.deepEqual(
      [status.currentHealthy, status.disruptionsAllowed, Object.keys(status.disruptedPods ?? {})],
      [2, 1, ['web-0']],
    );
    assert.equal(againInMs, forgetAfterMs - 10_000);
  });

  test('is forgotten when the pod is on its way out', () => {
    const pods = [aPod({ name: 'web-0', terminating: true }), ...many(2).slice(1)];
    const { status } = reckon({ minAvailable: 1 }, pods, { wanted: 2 }, granted(10));
    assert.deepEqual([status.disruptedPods, status.currentHealthy], [undefined, 1]);
  });

  test('is forgotten when nobody deleted the pod for two minutes', () => {
    const { status } = reckon({ minAvailable: 1 }, many(3), { wanted: 3 }, granted(121));
    assert.deepEqual([status.disruptedPods, status.currentHealthy], [undefined, 3]);
  });
});

describe('how many there should be', () => {
  const reference = (kind: string, name: string) => [
    { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true },
  ];
  const owned = (name: string, kind: string, owner: string): Pod => {
    const pod = aPod({ name });
    return { ...pod, metadata: { ...pod.metadata, ownerReferences: reference(kind, owner) } };
  };
  const object = (name: string, replicas: number, owner?: [string, string]) => ({
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      ...(owner && { ownerReferences: reference(...owner) }),
    },
    spec: { replicas },
  });
  const owners = new Map(
    Object.entries({
      ReplicaSet: [object('old', 1, ['Deployment', 'web']), object('new', 2, ['Deployment', 'web'])],
      Deployment: [object('web', 2)],
      StatefulSet: [object('db', 5)],
    }).map(([kind, objects]) => [
      kind,
      { get: (key: string) => objects.find(({ metadata }) => key === `default/${metadata.name}`) },
    ]),
  ) as unknown as Owners;

  test('says the owner of all of them, once', () => {
    const pods = [
      owned('a', 'ReplicaSet', 'old'),
      owned('b', 'ReplicaSet', 'new'),
      owned('c', 'StatefulSet', 'db'),
    ];
    assert.deepEqual(scaleOf(pods, owners), { wanted: 7 });
  });

  test('says nobody of a pod without an owner, or of one that has no scale', () => {
    assert.deepEqual(scaleOf([aPod({ name: 'alone' })], owners), {
      unknown: 'found no controller ref for pod "alone"',
    });
    assert.deepEqual(scaleOf([owned('d', 'DaemonSet', 'all')], owners), {
      unknown: 'daemonsets.apps does not implement the scale subresource',
    });
    assert.deepEqual(scaleOf([owned('e', 'StatefulSet', 'gone')], owners), {
      unknown: 'found no controllers for pod "e"',
    });
  });
});
