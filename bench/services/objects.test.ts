import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contains, parseAddress, parseCidr } from '../../src/lib/ip.ts';
import { clusterIP, endpointOf, endpointRange, endpointsEach, replacement, sliceOf } from './objects.ts';

test('no two endpoints have one address, and a replacement is none of them', () => {
  const services = 30_000;
  const last = endpointOf(services - 1, endpointsEach - 1);
  assert.equal(endpointOf(0, 0), '10.128.0.1');
  assert.equal(endpointOf(1, 0), '10.128.0.11');
  assert.equal(last, '10.132.147.224');
  assert.equal(replacement(0), '10.144.0.1');
  assert.equal(clusterIP(0), '10.96.1.0');
  for (const address of [last, replacement(100_000)])
    assert.ok(contains(parseCidr(endpointRange), parseAddress(address)));
});

test('a slice has the endpoint that took the place of another', () => {
  const addresses = (sliceOf(7, new Map([[3, '10.144.0.9']])).endpoints ?? []).map((e) => e.addresses[0]);
  assert.equal(addresses.length, endpointsEach);
  assert.equal(addresses[3], '10.144.0.9');
  assert.equal(addresses[4], endpointOf(7, 4));
});
