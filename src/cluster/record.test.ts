import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultNetwork, networkOf } from './network/network.ts';
import { checkClusterName, completed, existingNode, freeIndex } from './record.ts';

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

test('a cluster that was made before its network could be chosen has the usual one', () => {
  const written = { name: 'dev', index: 0, hermetic: true, nodes: [] };
  assert.deepEqual(completed(written).network, defaultNetwork);
  const network = networkOf({ ipFamily: 'ipv6' });
  assert.deepEqual(completed({ ...written, network }).network, network);
});

test('a node that is not there is answered with those that are', () => {
  const record = {
    name: 'dev',
    index: 0,
    hermetic: true,
    network: defaultNetwork,
    nodes: [
      { name: 'dev-1', addresses: ['172.30.0.2', 'fd30::2'] as [string, ...string[]], controlPlane: true },
    ],
  };
  assert.throws(() => existingNode(record, 'dev-9'), /cluster dev has dev-1/);
});
