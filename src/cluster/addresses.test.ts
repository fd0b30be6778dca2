import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesOf, mostClusters, nodeAddresses } from './addresses.ts';
import { defaultNetwork, type NetworkOptions, networkOf } from './network/network.ts';

const place = (index: number, options: NetworkOptions = {}) => ({ index, network: networkOf(options) });

test('the first cluster has the addresses that the documentation names', () => {
  const first = addressesOf(place(0));
  assert.deepEqual(first, {
    ...defaultNetwork,
    hostAddress: '127.0.0.1',
    lanCIDRs: ['172.30.0.0/20', 'fd30::/64'],
    lanAddresses: ['172.30.0.1', 'fd30::1'],
    hostOnLan: ['172.30.14.254', 'fd30::efe'],
    kubernetesService: '10.96.0.1',
    clusterDNS: '10.96.0.10',
    loadBalancerPools: ['172.30.15.0/24', 'fd30::f:0/112'],
  });
  assert.deepEqual(nodeAddresses(place(0), 1), ['172.30.0.2', 'fd30::2']);
});

test('a cluster of one family has addresses of that family only, but for where the host meets it', () => {
  const { hostAddress, ...ipv6 } = addressesOf(place(10, { ipFamily: 'ipv6' }));
  assert.equal(hostAddress, '127.30.10.1');
  assert.deepEqual(ipv6, {
    podCIDRs: ['fd44::/56'],
    serviceCIDRs: ['fd96::/112'],
    nodePorts: { first: 30000, last: 32767 },
    lanCIDRs: ['fd30:0:0:a::/64'],
    lanAddresses: ['fd30:0:0:a::1'],
    hostOnLan: ['fd30:0:0:a::efe'],
    kubernetesService: 'fd96::1',
    clusterDNS: 'fd96::a',
    loadBalancerPools: ['fd30::a:0:0:f:0/112'],
  });
  assert.deepEqual(nodeAddresses(place(10, { ipFamily: 'ipv6' }), 9), ['fd30:0:0:a::a']);
  assert.deepEqual(nodeAddresses(place(10, { ipFamily: 'ipv4' }), 9), ['172.30.160.10']);
});

test('the primary family comes first everywhere, and the API and the DNS server have addresses of it', () => {
  const first = place(0, { serviceCIDR: 'fd45::/108,10.200.0.0/16' });
  const addresses = addressesOf(first);
  assert.deepEqual(addresses.podCIDRs, ['fd44::/56', '10.244.0.0/16']);
  assert.deepEqual([addresses.kubernetesService, addresses.clusterDNS], ['fd45::1', 'fd45::a']);
  assert.deepEqual(nodeAddresses(first, 1), ['fd30::2', '172.30.0.2']);
});

test('clusters never share a LAN, a host address or a node address', () => {
  const all = Array.from({ length: mostClusters }, (_, k) => ({
    ...addressesOf(place(k)),
    node: nodeAddresses(place(k), 1)[0],
  }));
  for (const pick of [
    (a: (typeof all)[0]) => a.hostAddress,
    (a: (typeof all)[0]) => a.lanCIDRs[0],
    (a: (typeof all)[0]) => a.lanCIDRs[1],
    (a: (typeof all)[0]) => a.node,
  ]) {
    assert.equal(new Set(all.map(pick)).size, mostClusters);
  }
});

test('a node beyond what a LAN holds is refused', () => {
  assert.throws(() => nodeAddresses(place(0), 251), /a cluster has 1 to 250 nodes/);
});
