import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rfc3339 } from '../../lib/clock.ts';
import { aNode, aPod, now } from '../testing/objects.ts';
import { notReadyPod, taintsOf, unknownConditions } from './desired.ts';
import { heartbeats, isRenewed, isTold } from './heartbeats.ts';

describe('a node that is silent', () => {
  test('is Unknown in every condition that its kubelet tells', () => {
    const conditions = unknownConditions(aNode('n'), now);
    const [ready] = conditions ?? [];
    assert.deepEqual(
      [ready?.type, ready?.status, ready?.reason, ready?.message],
      ['Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
    );
    assert.equal(conditions?.find((c) => c.type === 'DiskPressure')?.reason, 'NodeStatusNeverUpdated');
    const told = { ...aNode('n'), status: { conditions: conditions ?? [] } };
    assert.equal(unknownConditions(told, now), undefined);
  });

  test('is measured from when it was last heard of', () => {
    const beats = heartbeats();
    beats.heard('n', 1000);
    assert.equal(beats.silentMs('n', 11_000), 10_000);
    beats.heard('n', 12_000);
    assert.equal(beats.silentMs('n', 13_000), 1000);
  });

  test('is heard by a renewed Lease and by what its kubelet says, not by what we say of it', () => {
    const lease = (renewTime: string) => ({ metadata: { name: 'n' }, spec: { renewTime } });
    assert.equal(isRenewed(lease('12:00:10'), lease('12:00:00')), true);
    assert.equal(isRenewed(lease('12:00:00'), lease('12:00:00')), false);
    assert.equal(isTold(aNode('n', 'True'), aNode('n', 'Unknown')), true);
    assert.equal(isTold(aNode('n', 'True'), aNode('n', 'True')), false);
    assert.equal(isTold(aNode('n', 'Unknown'), aNode('n', 'True')), false);
  });

  test('has the whole time before it when the control plane starts', () => {
    const beats = heartbeats();
    assert.equal(beats.silentMs('n', 5000), 0);
    assert.equal(beats.silentMs('n', 6000), 1000);
  });
});

describe('the taints of a node', () => {
  const added = { timeAdded: rfc3339(now) };
  const table: [string, Parameters<typeof aNode>[1], string[]][] = [
    ['that is ready', 'True', []],
    ['that is not ready', 'False', ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['that is silent', 'Unknown', ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    ['that has not said anything yet', 'untold', ['not-ready:NoSchedule']],
  ];
  for (const [what, ready, expected] of table)
    test(`${what} are [${expected.join(', ')}]`, () =>
      assert.deepEqual(
        taintsOf(aNode('n', ready), now).map(
          (t) => `${t.key.replace('node.kubernetes.io/', '')}:${t.effect}`,
        ),
        expected,
      ));

  test('that others gave it stay, and its own go when it is well again', () => {
    const mine = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
    const ours = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', ...added };
    assert.deepEqual(taintsOf(aNode('n', 'True', { taints: [mine, ours] }), now), [mine]);
  });

  test('keep the time at which they came', () => {
    const taint = {
      key: 'node.kubernetes.io/unreachable',
      effect: 'NoExecute',
      timeAdded: rfc3339(now - 9000),
    };
    assert.ok(taintsOf(aNode('n', 'Unknown', { taints: [taint] }), now).includes(taint));
  });

  test('show that it is cordoned and under pressure', () => {
    const node = aNode('n', 'True', { unschedulable: true });
    node.status?.conditions?.push({ type: 'MemoryPressure', status: 'True' });
    assert.deepEqual(
      taintsOf(node, now).map((t) => [t.key, t.effect]),
      [
        ['node.kubernetes.io/unschedulable', 'NoSchedule'],
        ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
      ],
    );
  });
});

test('a pod on a node that is down is no longer ready, and is told so once', () => {
  const next = notReadyPod(aPod(), now);
  assert.equal(next?.status?.conditions?.[0]?.status, 'False');
  assert.equal(next && notReadyPod(next, now), undefined);
});
