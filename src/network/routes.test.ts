import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Node } from '../api/types.ts';
import { routeChanges, routesTo } from './routes.ts';

const node = (name: string, podCIDRs: string[], addresses: string[]): Node => ({
  metadata: { name },
  spec: { podCIDRs },
  status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
});
const byDestination = (...routes: ReturnType<typeof routesTo>) =>
  new Map(routes.map((route) => [route.destination, route]));

describe('routes', () => {
  const two = node('two', ['10.244.2.0/24', 'fd44:0:0:2::/64'], ['172.30.0.3', 'FD30::3']);

  test('another node’s pods are reached by its address of the same family', () => {
    assert.deepEqual(routesTo(two, false), [
      { destination: '10.244.2.0/24', gateway: '172.30.0.3' },
      { destination: 'fd44:0:0:2::/64', gateway: 'fd30::3' },
    ]);
  });

  test('what no pod of this node has goes nowhere', () => {
    assert.deepEqual(routesTo(two, true)[0], { destination: '10.244.2.0/24', unreachable: true });
  });

  test('a node without podCIDR or without address has no routes', () => {
    assert.deepEqual(routesTo(node('new', [], ['172.30.0.4']), false), []);
    assert.deepEqual(routesTo(node('new', ['10.244.3.0/24'], []), false), []);
  });

  test('only what is different is changed', () => {
    const [stays, moves, goes] = ['10.244.1.0/24', '10.244.2.0/24', '10.244.3.0/24'].map((destination) => ({
      destination,
      gateway: '172.30.0.3',
    }));
    const moved = { destination: '10.244.2.0/24', gateway: '172.30.0.9' };
    assert.deepEqual(routeChanges(byDestination(stays!, moves!, goes!), byDestination(stays!, moved)), {
      gone: ['10.244.3.0/24'],
      set: [moved],
    });
  });
});
