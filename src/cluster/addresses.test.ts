import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesOf, mostClusters, nodeAddresses } from './addresses.ts';

test('the first cluster has the addresses that the documentation names', () => {
  const first = addressesOf(0);
  assert.equal(first.hostAddress, '127.0.0.1');
  assert.equal(first.lan.cidr, '172.30.0.0/20');
  assert.deepEqual(nodeAddresses(0, 1), ['172.30.0.2', 'fd30::2']);
});

test('clusters never share a LAN, a host address or a node address', () => {
  const all = Array.from({ length: mostClusters }, (_, k) => ({
    ...addressesOf(k),
    node: nodeAddresses(k, 1)[0],
  }));
  for (const pick of [
    (a: (typeof all)[0]) => a.hostAddress,
    (a: (typeof all)[0]) => a.lan.cidr,
    (a: (typeof all)[0]) => a.node,
  ]) {
    assert.equal(new Set(all.map(pick)).size, mostClusters);
  }
});

test('a node beyond what a LAN holds is refused', () => {
  assert.throws(() => nodeAddresses(0, 251), /a cluster has 1 to 250 nodes/);
});
