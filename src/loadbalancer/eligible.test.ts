import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice, type TestEndpoint } from '../../test/support/services.ts';
import type { EndpointSlice, Node, Service } from '../api/types.ts';
import { candidatesFor } from './eligible.ts';

const nodes: Node[] = ['a', 'b', 'c'].map((name) => ({ metadata: { name } }));
const ofPolicy = (name: string, externalTrafficPolicy: string): Service =>
  service({ name, spec: { type: 'LoadBalancer', externalTrafficPolicy } });
const on = (...endpoints: TestEndpoint[]): EndpointSlice => slice('web', endpoints);

/** `a1 b0`: which nodes could have the address, and for how many Services each is good. */
function candidates(
  address: string,
  services: Service[],
  { slices = [] as EndpointSlice[], alive = ['a', 'b', 'c'], of = nodes } = {},
): string {
  const cluster = { nodes: of, slices: () => slices, isAlive: (name: string) => alive.includes(name) };
  const found = candidatesFor(new Map([[address, services]]), cluster).get(address) ?? [];
  return found.map(({ name, goodFor }) => `${name}${goodFor}`).join(' ');
}

describe('an address may be held', () => {
  const web = [ofPolicy('web', 'Local')];
  const ip = '172.30.15.1';

  test('by every node that is alive', () => {
    assert.equal(candidates(ip, [ofPolicy('web', 'Cluster')]), 'a1 b1 c1');
    assert.equal(candidates(ip, [ofPolicy('web', 'Cluster')], { alive: ['b'] }), 'b1');
  });

  test('never by one with the label that excludes it, whatever the label’s value', () => {
    const labels = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'false' };
    const of = [{ metadata: { name: 'a', labels } }, ...nodes.slice(1)];
    assert.equal(candidates(ip, [ofPolicy('web', 'Cluster')], { of }), 'b1 c1');
  });

  test('best, under Local, by nodes with an endpoint that is ready', () => {
    const slices = [
      on({ address: '10.244.1.2', node: 'b' }, { address: '10.244.2.2', node: 'c', is: 'notReady' }),
    ];
    assert.equal(candidates(ip, web, { slices }), 'a0 b1 c0');
  });

  test('under Local by nodes whose endpoints are stopping, only where none is ready', () => {
    const stopping = { address: '10.244.2.2', node: 'c', is: 'stopping' } as const;
    assert.equal(candidates(ip, web, { slices: [on(stopping)] }), 'a0 b0 c1');
    const slices = [on(stopping, { address: '10.244.1.2', node: 'b' })];
    assert.equal(candidates(ip, web, { slices }), 'a0 b1 c0');
  });

  test('under Local by nodes with endpoints of its family', () => {
    const slices = [
      on({ address: '10.244.0.2', node: 'a' }),
      slice('web', [{ address: 'fd44::2', node: 'b' }], { name: 'web-6', family: 6 }),
    ];
    assert.equal(candidates(ip, web, { slices }), 'a1 b0 c0');
    assert.equal(candidates('fd30::f:1', web, { slices }), 'a0 b1 c0');
  });

  test('by all alike, under Local, when there are no endpoints', () =>
    assert.equal(candidates(ip, web), 'a0 b0 c0'));

  test('best by a node that is good for all Services that share it', () => {
    const slices = [
      on({ address: '10.244.0.2', node: 'a' }, { address: '10.244.1.2', node: 'b' }),
      slice('api', [
        { address: '10.244.1.3', node: 'b' },
        { address: '10.244.2.3', node: 'c' },
      ]),
    ];
    const sharers = [...web, ofPolicy('api', 'Local'), ofPolicy('any', 'Cluster')];
    assert.equal(candidates(ip, sharers, { slices }), 'a2 b3 c2');
  });
});

test('slices are not gone through when no Service has the policy Local', () => {
  const slices = () => assert.fail('they were');
  const wanted = new Map([['172.30.15.1', [ofPolicy('web', 'Cluster')]]]);
  assert.equal(candidatesFor(wanted, { nodes, slices, isAlive: () => true }).size, 1);
});
