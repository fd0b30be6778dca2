import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { aDeployment, ago, now, setOf } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { limitsOf } from './strategy.ts';

const none = () => false;
const sizes = (d: Deployment, sets: ReplicaSet[]) =>
  Object.fromEntries(
    desired(d, sets, none, now)
      .update.filter(({ set, from }) => set.spec?.replicas !== from)
      .map(({ set, from }) => [set.metadata.name, `${from}→${set.spec?.replicas}`]),
  );
const rolling = (maxSurge: unknown, maxUnavailable: unknown) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } as never },
});
const conditions = (d: Deployment, sets: ReplicaSet[], at = now) =>
  desired(d, sets, none, at).status.conditions?.map((c) => [c.type, c.status, c.reason, c.message]);

describe('the limits of a rolling update', () => {
  const table: [number, unknown, unknown, number, number][] = [
    [4, '25%', '25%', 1, 1],
    [10, '25%', '25%', 3, 2],
    [3, 1, 0, 1, 0],
    [1, '25%', '25%', 1, 0],
    [3, 0, '1%', 0, 1],
    [2, 0, 5, 0, 2],
  ];
  for (const [replicas, surge, unavailable, maxSurge, maxUnavailable] of table)
    test(`of ${replicas} pods with ${String(surge)} more and ${String(unavailable)} less are ${maxSurge} and ${maxUnavailable}`, () =>
      assert.deepEqual(limitsOf(aDeployment({ replicas, ...rolling(surge, unavailable) })), {
        maxSurge,
        maxUnavailable,
      }));
});

describe('a new Deployment', () => {
  test('makes one ReplicaSet with all pods, named by the hash of the template', () => {
    const { create, revision, status } = desired(aDeployment({ replicas: 3 }), [], none, now);
    const hash = create?.metadata.labels?.['pod-template-hash'] ?? '';
    assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]+$/);
    assert.equal(create?.metadata.name, `web-${hash}`);
    assert.equal(create?.spec?.replicas, 3);
    assert.deepEqual(create?.spec?.selector.matchLabels, { app: 'web', 'pod-template-hash': hash });
    assert.equal(create?.spec?.template?.metadata?.labels?.['pod-template-hash'], hash);
    assert.equal(create?.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
    assert.equal(revision, '1');
    assert.deepEqual(
      status.conditions?.map((c) => [c.type, c.reason, c.message]),
      [
        ['Available', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'],
        ['Progressing', 'NewReplicaSetCreated', `Created new replica set "web-${hash}"`],
      ],
    );
  });

  test('takes another name when that one is taken', () => {
    const d = aDeployment();
    const first = desired(d, [], none, now).create?.metadata.name;
    const second = desired({ ...d, status: { collisionCount: 1 } }, [], none, now).create?.metadata.name;
    assert.notEqual(first, second);
  });
});

describe('a rolling update', () => {
  const d = aDeployment({ replicas: 4, image: 'nginx:2', ...rolling(1, 1) });
  const old = (size: number, available = size) => setOf(d, 'nginx:1', size, { available, age: 100 });
  const fresh = (size: number, available = size) => setOf(d, 'nginx:2', size, { available, revision: 2 });

  test('begins with as many new pods as there may be more', () => {
    const { create, update } = desired(d, [old(4)], none, now);
    assert.equal(create?.spec?.replicas, 1);
    assert.deepEqual(update, []);
  });
  test('takes away old pods as many may be missing', () =>
    assert.deepEqual(sizes(d, [old(4), fresh(1, 0)]), { 'web-nginx1': '4→3' }));
  test('goes up as soon as there is room', () =>
    assert.deepEqual(sizes(d, [old(3), fresh(1, 0)]), { 'web-nginx2': '1→2' }));
  test('waits while new pods are not available', () => assert.deepEqual(sizes(d, [old(3), fresh(2, 0)]), {}));
  test('goes on when they are', () =>
    assert.deepEqual(sizes(d, [old(3), fresh(2, 2)]), { 'web-nginx1': '3→1' }));
  test('removes old pods that serve nobody first', () =>
    assert.deepEqual(sizes(d, [old(3, 1), fresh(2, 2)]), { 'web-nginx1': '3→1' }));
  test('ends without old pods', () =>
    assert.deepEqual(sizes(d, [old(1), fresh(4, 4)]), { 'web-nginx1': '1→0' }));
  test('never takes away more than the pods that are available allow, whatever it was told last', () =>
    assert.deepEqual(sizes(d, [setOf(d, 'nginx:1', 3, { available: 4 }), fresh(2, 0)]), {}));
});

describe('a rollback', () => {
  test('is a template that was used before: its ReplicaSet gets the next revision', () => {
    const d = aDeployment({ replicas: 2, image: 'nginx:1' });
    const sets = [setOf(d, 'nginx:1', 0, { revision: 1 }), setOf(d, 'nginx:2', 2, { revision: 2 })];
    const { create, update, revision } = desired(d, sets, none, now);
    assert.equal(create, undefined);
    assert.equal(revision, '3');
    const first = update.find(({ set }) => set.metadata.name === 'web-nginx1')?.set;
    assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
    assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
    assert.equal(first?.spec?.replicas, 1);
  });

  test('gets the next revision also after one that no double can hold', () => {
    const d = aDeployment({ replicas: 2, image: 'nginx:2' });
    const adopted = setOf(d, 'nginx:1', 2, { revision: 1 });
    adopted.metadata.annotations = { 'deployment.kubernetes.io/revision': '3546343826724305832' };
    assert.equal(desired(d, [adopted], none, now).revision, '3546343826724305833');
  });
});

describe('Recreate', () => {
  const d = aDeployment({ replicas: 2, image: 'nginx:2', strategy: { type: 'Recreate' } });
  test('first takes all old pods away', () => {
    assert.deepEqual(sizes(d, [setOf(d, 'nginx:1', 2)]), { 'web-nginx1': '2→0' });
    assert.equal(desired(d, [setOf(d, 'nginx:1', 2)], none, now).create, undefined);
  });
  test('waits until they are gone', () =>
    assert.equal(desired(d, [setOf(d, 'nginx:1', 0)], () => true, now).create, undefined));
  test('then makes all new ones at once', () =>
    assert.equal(desired(d, [setOf(d, 'nginx:1', 0)], none, now).create?.spec?.replicas, 2));
});

describe('scaling', () => {
  test('changes the one ReplicaSet that has pods', () => {
    const d = aDeployment({ replicas: 5 });
    assert.deepEqual(sizes(d, [setOf(d, 'nginx:1', 3, { desired: 3 })]), { 'web-nginx1': '3→5' });
  });
  test('in the middle of an update gives every version its share', () => {
    const d = aDeployment({ replicas: 15, image: 'nginx:2', ...rolling(3, 2) });
    const was = { desired: 10 };
    const sets = [
      setOf(d, 'nginx:1', 8, { ...was, age: 100 }),
      setOf(d, 'nginx:2', 5, { ...was, revision: 2 }),
    ];
    for (const set of sets) (set.metadata.annotations ??= {})['deployment.kubernetes.io/max-replicas'] = '13';
    assert.deepEqual(sizes(d, sets), { 'web-nginx1': '8→11', 'web-nginx2': '5→7' });
  });
  test('is noted on every ReplicaSet that has pods, so that the update goes on afterwards', () => {
    const d = aDeployment({ replicas: 15, image: 'nginx:2', ...rolling(3, 2) });
    const sets = [setOf(d, 'nginx:1', 8, { desired: 10 }), setOf(d, 'nginx:2', 5, { desired: 10 })];
    const noted = desired(d, sets, none, now).update.map(
      ({ set }) => set.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'],
    );
    assert.deepEqual(noted, ['15', '15']);
  });
  test('works while paused, and nothing else does', () => {
    const d = aDeployment({ replicas: 5, image: 'nginx:2', paused: true });
    const { create } = desired(d, [setOf(d, 'nginx:1', 3, { desired: 3 })], none, now);
    assert.equal(create, undefined);
    assert.deepEqual(sizes(d, [setOf(d, 'nginx:1', 3, { desired: 3 })]), { 'web-nginx1': '3→5' });
  });
});

describe('the status of a Deployment', () => {
  const d = aDeployment({ replicas: 2 });
  test('is complete when every pod is new and available', () =>
    assert.deepEqual(conditions(d, [setOf(d, 'nginx:1', 2)]), [
      ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      [
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        'ReplicaSet "web-nginx1" has successfully progressed.',
      ],
    ]));
  test('says when nothing has moved for the whole deadline, and asks to be looked at then', () => {
    const stuck = setOf(d, 'nginx:1', 2, { available: 0 });
    const first = desired(d, [stuck], none, now);
    assert.equal(first.againMs, 601_000);
    const later = { ...d, status: first.status };
    assert.deepEqual(conditions(later, [stuck], now + 601_000)?.[1], [
      'Progressing',
      'False',
      'ProgressDeadlineExceeded',
      'ReplicaSet "web-nginx1" has timed out progressing.',
    ]);
  });
  test('says when it is paused and resumed', () => {
    const stuck = setOf(d, 'nginx:1', 2, { available: 1 });
    const paused = desired({ ...d, spec: { ...d.spec, paused: true } as never }, [stuck], none, now).status;
    assert.equal(paused.conditions?.find((c) => c.type === 'Progressing')?.reason, 'DeploymentPaused');
    const resumed = conditions({ ...d, status: paused }, [stuck]);
    assert.deepEqual(resumed?.[1], ['Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed']);
  });
});

describe('the history of a Deployment', () => {
  test('is cut to its limit, oldest first, when the update is complete', () => {
    const d = aDeployment({ replicas: 1, image: 'nginx:9', revisionHistoryLimit: 1 });
    const sets = [
      setOf(d, 'nginx:1', 0, { revision: 1 }),
      setOf(d, 'nginx:2', 0, { revision: 2 }),
      setOf(d, 'nginx:9', 1, { revision: 3 }),
    ];
    const { remove } = desired(d, sets, none, now);
    assert.deepEqual(
      remove.map((s) => s.metadata.name),
      ['web-nginx1'],
    );
  });
});

describe('a Deployment that goes', () => {
  test('only tells its status', () => {
    const d = aDeployment({ replicas: 3 });
    d.metadata.deletionTimestamp = ago(1);
    const { create, update, remove } = desired(d, [setOf(d, 'nginx:1', 1, { desired: 1 })], none, now);
    assert.deepEqual([create, update, remove], [undefined, [], []]);
  });
});
