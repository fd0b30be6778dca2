import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClusterName, existingNode, freeIndex } from './record.ts';

test('a new cluster takes the lowest free place', () => {
  assert.equal(freeIndex([]), 0);
  assert.equal(freeIndex([0, 2]), 1);
});

test('a machine that is full says how to make room', () => {
  assert.throws(() => freeIndex(Array.from({ length: 16 }, (_, k) => k)), /take one down with/);
});

test('a name that could not be a directory or a host name is refused', () => {
  for (const name of ['', 'Dev', '../up', 'a_b', '-a', 'x'.repeat(40)])
    assert.throws(() => checkClusterName(name), /Cannot name/);
  checkClusterName('dev-2');
});

test('a node that is not there is answered with those that are', () => {
  const record = {
    name: 'dev',
    index: 0,
    hermetic: true,
    nodes: [{ name: 'dev-1', addresses: ['172.30.0.2', 'fd30::2'] as [string, string], controlPlane: true }],
  };
  assert.throws(() => existingNode(record, 'dev-9'), /cluster dev has dev-1/);
});
