import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Node, Service } from '../api/types.ts';
import { wantedAddresses } from './addresses.ts';

function balancer(name: string, ips: string[], spec: Service['spec'] = {}): Service {
  return {
    metadata: { name, namespace: 'default' },
    spec: { type: 'LoadBalancer', ...spec },
    status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
  };
}
const nodes: Node[] = [
  { metadata: { name: 'a' }, status: { addresses: [{ type: 'InternalIP', address: 'fd30::0:2' }] } },
];
const wanted = (...services: Service[]) =>
  Array.from(wantedAddresses(services, nodes), ([ip, sharers]) =>
    [ip, ...sharers.map(({ metadata }) => metadata.name)].join(' '),
  );

describe('addresses to be held', () => {
  test('are those that load balancers have, however they are written', () =>
    assert.deepEqual(wanted(balancer('web', ['172.30.15.1', 'FD30:0::F:1'])), [
      '172.30.15.1 web',
      'fd30::f:1 web',
    ]));

  test('may be shared', () =>
    assert.deepEqual(wanted(balancer('web', ['172.30.15.1']), balancer('api', ['172.30.15.1'])), [
      '172.30.15.1 web api',
    ]));

  test('are of our class or of none', () => {
    const ofClass = (name: string, loadBalancerClass: string) =>
      balancer(name, [`172.30.15.${name}`], { loadBalancerClass });
    assert.deepEqual(wanted(ofClass('1', 'switchboard.dev/lan'), ofClass('2', 'example.com/other')), [
      '172.30.15.1 1',
    ]);
  });

  test('are no nodes’ addresses, no host names, and not those of Services of other types', () =>
    assert.deepEqual(
      wanted(balancer('thief', ['fd30::2']), balancer('was', ['172.30.15.1'], { type: 'ClusterIP' }), {
        ...balancer('named', []),
        status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
      }),
      [],
    ));
});
