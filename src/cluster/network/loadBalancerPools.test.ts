import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressesOf } from '../addresses.ts';
import { beyondLan, checkPools } from './loadBalancerPools.ts';
import { networkOf } from './network.ts';

const place = { index: 0, network: networkOf({}) };
const check = (...pools: string[]) => checkPools(pools, addressesOf(place));

describe('pools of LoadBalancer addresses', () => {
  test('are at the end of the LAN, one of each of the cluster’s families', () => {
    assert.deepEqual(addressesOf(place).loadBalancerPools, ['172.30.15.0/24', 'fd30::f:0/112']);
    const ipv6 = { index: 10, network: networkOf({ ipFamily: 'ipv6' }) };
    assert.deepEqual(addressesOf(ipv6).loadBalancerPools, ['fd30::a:0:0:f:0/112']);
  });

  test('that were asked for take the place of the usual one of their family', () => {
    const asked = { ...place, loadBalancerPools: ['192.168.77.1-192.168.77.9', '192.168.78.0/24'] };
    assert.deepEqual(addressesOf(asked).loadBalancerPools, [...asked.loadBalancerPools, 'fd30::f:0/112']);
  });

  test('may be on the LAN or anywhere else', () => {
    check('172.30.15.0/24', '172.30.8.1-172.30.8.9', 'fd30::a:0/112', '192.168.77.0/24', 'fd99::/64');
  });

  test('are refused where somebody else has addresses, with the reason', () => {
    for (const [pool, why] of [
      ['10.244.7.0/24', /addresses of 10\.244\.0\.0\/16 are of pods/],
      ['10.96.1.0-10.96.1.9', /addresses of 10\.96\.0\.0\/12 are of Services/],
      ['172.30.0.9-172.30.0.19', /addresses of 172\.30\.0\.0\/24 are of nodes/],
      ['172.30.14.0/24', /addresses of 172\.30\.14\.254 are of the host/],
      ['172.30.17.0/24', /addresses of 172\.30\.0\.0\/16 are of the LANs of clusters/],
      ['172.30.15.0-172.30.16.9', /addresses of 172\.30\.0\.0\/16 are of the LANs of clusters/],
      ['fd30::/112', /addresses of fd30::\/120 are of nodes/],
      ['127.0.0.1-127.0.0.9', /loopback/],
      ['224.1.0.0/24', /multicast/],
    ] as const)
      assert.throws(() => check(pool), why, pool);
  });

  test('that overlap, cannot be read, or are of a family that is not there are refused', () => {
    assert.throws(
      () => check('192.168.7.0/24', '192.168.7.9-192.168.8.1'),
      /overlaps with the pool 192\.168\.7\.0\/24/,
    );
    for (const pool of ['', 'lan', '10.0.0.9-10.0.0.1', '10.0.0.1-fd00::1', '10.0.0.0/40'])
      assert.throws(() => check(pool), /is neither a range such as/, pool);
    const single = addressesOf({ index: 0, network: networkOf({ ipFamily: 'ipv4' }) });
    assert.throws(() => checkPools(['fd99::/64'], single), /the cluster has no IPv6; see --ip-family/);
  });

  test('beyond the LAN are what needs routes', () => {
    const { lanCIDRs } = addressesOf(place);
    assert.deepEqual(beyondLan(['172.30.15.0/24', '192.168.77.8-192.168.77.11', 'fd99::/64'], lanCIDRs), [
      '192.168.77.8/30',
      'fd99::/64',
    ]);
  });
});
