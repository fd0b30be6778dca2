import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { aNode, aPod, now, type PodWords } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { fitOf, nodeOf, podFor } from './nodes.ts';

const aDaemonSet = (spec: Partial<NonNullable<DaemonSet['spec']>> = {}): DaemonSet => ({
  metadata: { name: 'agent', namespace: 'default', uid: 'uid-agent', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } },
    ...spec,
  },
});

const pod = (node: string, hash = 'new', words: PodWords = {}): Pod =>
  aPod({ name: `${hash}-${node}`, node, labels: { 'controller-revision-hash': hash }, ...words });

const [a, b, c] = [aNode('a'), aNode('b'), aNode('c')];

function step(set: DaemonSet, nodes: Node[], pods: Pod[]): string {
  const { create, remove, ended } = desired(set, nodes, pods, 'new', now);
  return [...create.map((n) => `+${n}`), ...[...remove, ...ended].map((p) => `-${p.metadata.name}`)].join(
    ' ',
  );
}

describe('a DaemonSet', () => {
  const set = aDaemonSet();
  const table: [string, Node[], Pod[], string][] = [
    ['has one pod on every node', [a, b], [pod('a')], '+b'],
    ['waits for one that ends', [a], [pod('a', 'new', { terminating: true })], ''],
    ['removes what has ended, to make it anew', [a], [pod('a', 'new', { phase: 'Failed' })], '-new-a'],
    [
      'keeps the older of two',
      [a],
      [pod('a', 'new', { name: 'x', age: 1 }), pod('a', 'new', { age: 9 })],
      '-x',
    ],
    [
      'replaces as many old ones as may be missing',
      [a, b, c],
      [pod('a', 'old'), pod('b', 'old'), pod('c', 'old')],
      '-old-a',
    ],
    [
      'first those that are missing anyway',
      [a, b],
      [pod('a', 'old'), pod('b', 'old', { ready: false })],
      '-old-b',
    ],
    [
      'waits until the new one is available',
      [a, b],
      [pod('a', 'new', { ready: false }), pod('b', 'old')],
      '',
    ],
  ];
  for (const [what, nodes, pods, expected] of table)
    test(what, () => assert.equal(step(set, nodes, pods), expected));

  test('that updates OnDelete replaces nothing', () => {
    assert.equal(step(aDaemonSet({ updateStrategy: { type: 'OnDelete' } }), [a], [pod('a', 'old')]), '');
  });

  const surging = aDaemonSet({
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } as never,
    },
  });
  const surges: [string, Pod[], string][] = [
    ['makes a new one first', [pod('a', 'old'), pod('b', 'old')], '+a'],
    ['waits for it', [pod('a', 'old'), pod('a', 'new', { ready: false }), pod('b', 'old')], ''],
    ['then lets the old one go', [pod('a', 'old'), pod('a'), pod('b', 'old')], '+b -old-a'],
  ];
  for (const [what, pods, expected] of surges)
    test(`with maxSurge ${what}`, () => assert.equal(step(surging, [a, b], pods), expected));

  test('tells how many nodes it means, and how many have what they should', () => {
    const tainted = aNode('c', 'True', { taints: [{ key: 'no', effect: 'NoSchedule' }] });
    const pods = [pod('a'), pod('b', 'old', { ready: false }), pod('c')];
    const { status } = desired(set, [a, b, tainted], pods, 'new', now);
    assert.deepEqual(
      [status.desiredNumberScheduled, status.currentNumberScheduled, status.numberMisscheduled],
      [2, 2, 1],
    );
    assert.deepEqual(
      [status.numberReady, status.numberAvailable, status.numberUnavailable, status.updatedNumberScheduled],
      [1, 1, 1, 1],
    );
  });
});

describe('a node', () => {
  const fit = (node: Node, spec: object = {}) => {
    const template = { spec: { containers: [], ...spec } };
    const { shouldRun, mayStay } = fitOf(aDaemonSet({ template }), node);
    return `${shouldRun ? 'run' : '-'} ${mayStay ? 'stay' : '-'}`;
  };
  const tainted = (key: string, effect: string) => aNode('a', 'True', { taints: [{ key, effect }] });

  test('is meant unless the template chooses others', () => {
    assert.equal(fit(a), 'run stay');
    assert.equal(fit(a, { nodeSelector: { disk: 'ssd' } }), '- -');
    assert.equal(fit(a, { nodeName: 'b' }), '- -');
  });

  test('that is cordoned, not ready or under pressure is meant too', () => {
    for (const condition of ['unschedulable', 'memory-pressure', 'disk-pressure', 'pid-pressure'])
      assert.equal(fit(tainted(`node.kubernetes.io/${condition}`, 'NoSchedule')), 'run stay');
    assert.equal(fit(tainted('node.kubernetes.io/not-ready', 'NoExecute')), 'run stay');
  });

  test('with another taint gets no pod, and loses the one it has to NoExecute', () => {
    assert.equal(fit(tainted('own', 'NoSchedule')), '- stay');
    assert.equal(fit(tainted('own', 'NoExecute')), '- -');
    assert.equal(fit(tainted('own', 'NoExecute'), { tolerations: [{ operator: 'Exists' }] }), 'run stay');
  });

  test('has a pod that can be scheduled nowhere else', () => {
    const made = podFor(aDaemonSet(), { spec: { containers: [] } }, 'h', 'b');
    assert.equal(nodeOf({ ...made, metadata: { ...made.metadata, name: 'x' } }), 'b');
    assert.equal(made.spec?.nodeName, undefined);
  });
});
