import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice } from '../../../test/support/services.ts';
import type { Service } from '../../api/types.ts';
import { checkOf, policiesWithoutLocal } from './local.ts';

const here = 'node-1';
const there = 'node-2';

const balanced = (spec: Partial<NonNullable<Service['spec']>> = {}) =>
  service({
    name: 'web',
    clusterIPs: ['10.96.0.20'],
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31000,
      ipFamilies: ['IPv4'],
      ...spec,
    },
  });

describe('the health check of a Service', () => {
  const check = (of: Service | undefined, ...endpoints: Parameters<typeof slice>[1]) =>
    checkOf(of, [slice('web', endpoints)], here);

  test('counts the ready endpoints of this node, each address once', () => {
    const endpoints = [
      { address: '10.244.1.5', node: here },
      { address: '10.244.1.6', node: here, is: 'notReady' as const },
      { address: '10.244.1.7', node: here, is: 'stopping' as const },
      { address: '10.244.2.5', node: there },
      { address: '10.244.9.9' },
    ];
    assert.deepEqual(check(balanced(), ...endpoints), { port: 31000, endpoints: { 4: 1 } });
    const twice = [slice('web', endpoints), slice('web', endpoints, { name: 'web-2', port: 9090 })];
    assert.deepEqual(checkOf(balanced(), twice, here)?.endpoints, { 4: 1 });
    assert.deepEqual(check(balanced())?.endpoints, { 4: 0 });
  });

  test('counts each family of a Service for itself', () => {
    const slices = [
      slice('web', [{ address: '10.244.1.5', node: here }]),
      slice(
        'web',
        [
          { address: 'fd44::5', node: here },
          { address: 'fd44::6', node: here },
        ],
        { family: 6 },
      ),
    ];
    const both = balanced({ ipFamilies: ['IPv4', 'IPv6'] });
    assert.deepEqual(checkOf(both, slices, here)?.endpoints, { 4: 1, 6: 2 });
    assert.deepEqual(checkOf(balanced(), slices, here)?.endpoints, { 4: 1 });
  });

  test('is there only for load balancers that keep the client’s address', () => {
    assert.equal(check(undefined), undefined);
    assert.equal(check(balanced({ externalTrafficPolicy: 'Cluster' })), undefined);
    assert.equal(check(balanced({ type: 'NodePort' })), undefined);
    const others = balanced();
    others.metadata.labels = { 'service.kubernetes.io/service-proxy-name': 'other' };
    assert.equal(check(others), undefined);
  });
});

describe('a policy Local without an endpoint here', () => {
  const without = (of: Service | undefined, ...endpoints: Parameters<typeof slice>[1]) =>
    policiesWithoutLocal(of, [slice('web', endpoints)], here);
  const both = balanced({ internalTrafficPolicy: 'Local' });

  test('is told while there are endpoints elsewhere', () => {
    assert.deepEqual(without(both, { address: '10.244.2.5', node: there }), ['internal', 'external']);
    assert.deepEqual(without(balanced(), { address: '10.244.2.5', node: there }), ['external']);
    assert.deepEqual(without(both, { address: '10.244.2.5', node: there, is: 'stopping' }), [
      'internal',
      'external',
    ]);
  });

  test('is not told with one here, with none anywhere, or of what nobody reaches from outside', () => {
    assert.deepEqual(without(both, { address: '10.244.1.5', node: here }), []);
    assert.deepEqual(without(both), []);
    assert.deepEqual(without(both, { address: '10.244.2.5', node: there, is: 'notReady' }), []);
    assert.deepEqual(without(balanced({ type: 'ClusterIP' }), { address: '10.244.2.5', node: there }), []);
    assert.deepEqual(without(undefined, { address: '10.244.2.5', node: there }), []);
  });
});
