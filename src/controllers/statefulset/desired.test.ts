import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statefulSets } from '../../api/resource.ts';
import type { Pod, StatefulSet } from '../../api/types.ts';
import { draftOf, sameTemplate, templateOf } from '../revisions.ts';
import { aPod, aStatefulSet, now, type PodWords } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { label, podOf } from './pod.ts';
import { beyondHistory, hashLabel } from './revisions.ts';

const one = { current: 'db-a', update: 'db-a' };
const two = { current: 'db-a', update: 'db-b' };
const pod = (ordinal: number, revision = 'a', words: PodWords = {}): Pod =>
  aPod({ name: `db-${ordinal}`, labels: { app: 'db', [label.revision]: `db-${revision}` }, ...words });
const unready = { ready: false };

/** `+0 +1` what is made (with `=b` at another revision), `-2` what is removed. */
function step(set: StatefulSet, pods: Pod[], revisions = one): string {
  const { create, remove } = desired(set, pods, revisions, now);
  const made = create.map((c) => `+${c.ordinal}${c.revision === 'db-a' ? '' : `=${c.revision.slice(3)}`}`);
  return [...made, ...remove.map((p) => `-${p.metadata.name.slice(3)}`)].join(' ');
}

describe('a StatefulSet in order', () => {
  const set = aStatefulSet();
  const table: [string, Pod[], string][] = [
    ['makes the first pod', [], '+0'],
    ['waits until it is ready', [pod(0, 'a', unready)], ''],
    ['then makes the next', [pod(0)], '+1'],
    ['fills a gap before anything else', [pod(0), pod(2)], '+1'],
    ['replaces a pod that has failed', [pod(0, 'a', { phase: 'Failed' })], '-0'],
    ['waits for a pod that ends', [pod(0, 'a', { terminating: true })], ''],
    ['is content', [pod(0), pod(1), pod(2)], ''],
    ['removes from the top, one by one', [0, 1, 2, 3, 4].map((n) => pod(n)), '-4'],
    [
      'waits until that one is gone',
      [0, 1, 2, 3].map((n) => pod(n)).concat(pod(4, 'a', { terminating: true })),
      '',
    ],
    ['removes nothing while a lower one is not ready', [pod(0, 'a', unready), pod(1), pod(2), pod(3)], ''],
  ];
  for (const [what, pods, expected] of table) test(what, () => assert.equal(step(set, pods), expected));

  test('counts from ordinals.start', () => {
    const from5 = aStatefulSet({ replicas: 2, ordinals: { start: 5 } });
    assert.equal(step(from5, []), '+5');
    assert.equal(step(from5, [pod(5), pod(6), pod(0)]), '-0');
  });
});

describe('a StatefulSet in parallel', () => {
  const set = aStatefulSet({ podManagementPolicy: 'Parallel' });
  test('makes all at once', () => assert.equal(step(set, []), '+0 +1 +2'));
  test('removes all at once', () =>
    assert.equal(
      step({ ...set, spec: { ...set.spec, replicas: 1 } as never }, [pod(0), pod(1), pod(2)]),
      '-2 -1',
    ));
});

describe('an update of a StatefulSet', () => {
  const all = (...revisions: string[]) => revisions.map((r, i) => pod(i, r));
  test('replaces the highest pod first', () =>
    assert.equal(step(aStatefulSet(), all('a', 'a', 'a'), two), '-2'));
  test('makes it anew at the new revision', () =>
    assert.equal(step(aStatefulSet(), all('a', 'a'), two), '+2=b'));
  test('goes down when it is ready', () => assert.equal(step(aStatefulSet(), all('a', 'a', 'b'), two), '-1'));
  test('stops at the partition', () => {
    const set = aStatefulSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    assert.equal(step(set, all('a', 'a', 'b'), two), '');
    assert.equal(step(set, all('a'), two), '+1');
  });
  test('waits for the user with OnDelete', () => {
    const set = aStatefulSet({ updateStrategy: { type: 'OnDelete' } });
    assert.equal(step(set, all('a', 'a', 'a'), two), '');
    assert.equal(step(set, all('a', 'a'), two), '+2=b');
  });
  test('is done when all pods have it: the new revision is the current one', () => {
    const { status } = desired(aStatefulSet(), all('b', 'b', 'b'), two, now);
    assert.equal(status.currentRevision, 'db-b');
    assert.deepEqual([status.currentReplicas, status.updatedReplicas, status.readyReplicas], [3, 3, 3]);
    const half = desired(aStatefulSet(), all('a', 'b', 'b'), two, now).status;
    assert.deepEqual([half.currentRevision, half.currentReplicas, half.updatedReplicas], ['db-a', 1, 2]);
  });
});

describe('a pod of a StatefulSet', () => {
  test('has its name, its number and its host name', () => {
    const set = aStatefulSet();
    const made = podOf(set, set.spec?.template ?? {}, 'db-a', 2);
    assert.equal(made.metadata.name, 'db-2');
    assert.equal(made.metadata.generateName, undefined);
    assert.deepEqual(made.metadata.labels, {
      app: 'db',
      'statefulset.kubernetes.io/pod-name': 'db-2',
      'apps.kubernetes.io/pod-index': '2',
      'controller-revision-hash': 'db-a',
    });
    assert.deepEqual([made.spec?.hostname, made.spec?.subdomain], ['db-2', 'db']);
  });
});

describe('the revisions of a StatefulSet', () => {
  const set = aStatefulSet({ revisionHistoryLimit: 1 });
  const revision = (name: string, number: number) => {
    const draft = draftOf(statefulSets, set, [], hashLabel);
    return { ...draft, metadata: { ...draft.metadata, name }, revision: number };
  };
  test('hold the template as a patch', () => {
    const made = draftOf(statefulSets, set, [revision('db-x', 4)], hashLabel);
    assert.equal(made.revision, 5);
    assert.deepEqual(templateOf({ ...made, metadata: made.metadata }), set.spec?.template);
    assert.ok(sameTemplate(set, [made]));
  });
  test('have their members in order, for who compares texts', () => {
    const spec = { volumes: [], containers: [{ name: 'a', image: 'b' }] };
    const turned = { ...set, spec: { ...set.spec, template: { spec, metadata: {} } } } as StatefulSet;
    assert.equal(
      JSON.stringify(draftOf(statefulSets, turned, [], hashLabel).data),
      '{"spec":{"template":{"$patch":"replace","metadata":{},"spec":{"containers":[{"image":"b","name":"a"}],"volumes":[]}}}}',
    );
  });
  test('beyond the limit go, oldest first, unless a pod has them', () => {
    const all = [revision('db-a', 1), revision('db-b', 2), revision('db-c', 3), revision('db-d', 4)];
    const gone = beyondHistory(set, all, ['db-d'], [pod(0, 'a')]);
    assert.deepEqual(
      gone.map((r) => r.metadata.name),
      ['db-b'],
    );
  });
});
