import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PodDisruptionBudget } from '../api/types.ts';
import { preempt } from './preempt.ts';
import { podInfo } from './snapshot.ts';
import { aPod, type NodeWords, type PodWords, world } from './testing/world.ts';

const of = (priority: number, cpu: string, more: PodWords = {}): PodWords => ({
  ...more,
  requests: { cpu },
  spec: { priority, ...more.spec },
});
const on = (node: string, priority: number, cpu: string, more: PodWords = {}) =>
  of(priority, cpu, { node, ...more });

/** `a: x, y` when x and y have to go from node a, or why there is no room to be made. */
function room(
  pod: PodWords,
  nodes: Record<string, NodeWords>,
  pods: Record<string, PodWords>,
  budgets: PodDisruptionBudget[] = [],
): string {
  const made = world(nodes, pods);
  const before = made.snapshot.nodes().map((n) => [...n.pods.keys()].toSorted());
  const found = preempt(podInfo(aPod('new', pod)), made, () => budgets);
  assert.deepEqual(
    made.snapshot.nodes().map((n) => [...n.pods.keys()].toSorted()),
    before,
    'nothing is moved yet',
  );
  return 'node' in found
    ? `${found.node}: ${found.victims
        .map((v) => v.metadata.name)
        .toSorted()
        .join(', ')}`
    : found.message;
}

const budget = (disruptionsAllowed: number, labels: Record<string, string>): PodDisruptionBudget => ({
  metadata: { name: 'keep', namespace: 'default' },
  spec: { selector: { matchLabels: labels } },
  status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
});

describe('room is made', () => {
  test('by the least important pod that is enough', () => {
    const pods = { big: on('a', 5, '2'), small: on('a', 1, '2') };
    assert.equal(room(of(10, '2'), { a: {} }, pods), 'a: small');
  });

  test('by no more pods than needed', () => {
    const pods = { x: on('a', 1, '1'), y: on('a', 1, '1'), z: on('a', 1, '2') };
    assert.equal(room(of(10, '2'), { a: {} }, pods), 'a: z');
  });

  test('on the node where it costs the least important one', () => {
    const pods = { x: on('a', 5, '4'), y: on('b', 3, '4') };
    assert.equal(room(of(10, '4'), { a: {}, b: {} }, pods), 'b: y');
  });

  test('on the node with fewer victims, when they are alike', () => {
    const pods = { x: on('a', 1, '2'), y: on('a', 1, '2'), z: on('b', 1, '4') };
    assert.equal(room(of(10, '4'), { a: {}, b: {} }, pods), 'b: z');
  });

  test('where no budget is against it, even at a higher price', () => {
    const pods = { x: on('a', 1, '4', { labels: { app: 'db' } }), y: on('b', 5, '4') };
    assert.equal(room(of(10, '4'), { a: {}, b: {} }, pods, [budget(0, { app: 'db' })]), 'b: y');
    assert.equal(room(of(10, '4'), { a: {}, b: {} }, pods, [budget(1, { app: 'db' })]), 'a: x');
  });

  test('against a budget, when there is no other way', () => {
    const pods = { x: on('a', 1, '4', { labels: { app: 'db' } }) };
    assert.equal(room(of(10, '4'), { a: {} }, pods, [budget(0, { app: 'db' })]), 'a: x');
  });

  test('by taking a host port away', () => {
    const port = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] };
    const pods = { x: { node: 'a', spec: { priority: 1, ...port } } };
    assert.equal(room({ spec: { priority: 2, ...port } }, { a: {} }, pods), 'a: x');
  });
});

describe('no room is made', () => {
  const full = { x: on('a', 5, '4') };
  const none = '0/1 nodes are available: 1 No preemption victims found for incoming pod.';

  test('by pods that are as important', () => {
    assert.equal(room(of(5, '4'), { a: {} }, full), none);
  });

  test('where it would not be enough', () => {
    assert.equal(room(of(10, '5'), { a: {} }, full), none);
  });

  test('for a pod that pushes nobody away', () => {
    const polite = of(10, '4', { spec: { preemptionPolicy: 'Never', priority: 10 } });
    assert.equal(room(polite, { a: {} }, full), 'not eligible due to preemptionPolicy=Never.');
  });

  test('on a node that the pod could not be on anyway', () => {
    assert.equal(
      room(of(10, '4'), { a: { spec: { unschedulable: true } } }, full),
      '0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    );
  });

  test('twice: who has been promised a node waits for those that end there', () => {
    const made = world({ a: {} }, full);
    const [ending] = made.snapshot.node('a')?.pods.values() ?? [];
    assert.ok(ending);
    ending.pod.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const pod = aPod('new', of(10, '4'));
    pod.status = { nominatedNodeName: 'a' };
    assert.deepEqual(
      preempt(podInfo(pod), made, () => []),
      {
        message: 'not eligible due to a terminating pod on the nominated node.',
      },
    );
  });
});
