import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice } from '../../test/support/services.ts';
import { idOf } from './frontend.ts';
import { frontendsOf } from './rules.ts';

const place = { nodeName: 'node-1' };
const targets = (frontends: ReturnType<typeof frontendsOf>) =>
  frontends.map((frontend) => ({
    at: idOf(frontend),
    to: frontend.targets.map(({ address, port }) => `${address}:${port}`),
  }));

describe('what a Service means', () => {
  test('each cluster IP and each node port, by the family of its endpoints', () => {
    const web = service({ name: 'web', clusterIPs: ['10.96.0.20', 'FD96::20'], nodePort: 30080 });
    const slices = [
      slice('web', [{ address: '10.244.1.5' }]),
      slice('web', [{ address: 'FD44::5' }], { family: 6, name: 'web-6' }),
    ];
    assert.deepEqual(targets(frontendsOf(web, slices, place)), [
      { at: 'service4 10.96.0.20 . tcp . 80', to: ['10.244.1.5:8080'] },
      { at: 'service6 fd96::20 . tcp . 80', to: ['fd44::5:8080'] },
      { at: 'node-port4 tcp . 30080', to: ['10.244.1.5:8080'] },
      { at: 'node-port6 tcp . 30080', to: ['fd44::5:8080'] },
    ]);
  });

  test('only ready endpoints take traffic; those that stop do when there is no other', () => {
    const web = service({ name: 'web', clusterIPs: ['10.96.0.20'] });
    const to = (...endpoints: Parameters<typeof slice>[1]) =>
      targets(frontendsOf(web, [slice('web', endpoints)], place))[0]?.to;
    const [ready, notReady, stopping] = [
      { address: '10.244.1.5' },
      { address: '10.244.1.6', is: 'notReady' as const },
      { address: '10.244.1.7', is: 'stopping' as const },
    ];
    assert.deepEqual(to(ready, notReady, stopping), ['10.244.1.5:8080']);
    assert.deepEqual(to(notReady, stopping), ['10.244.1.7:8080']);
    assert.deepEqual(to(notReady), []);
  });

  test('an endpoint that stands in two slices counts once', () => {
    const web = service({ name: 'web', clusterIPs: ['10.96.0.20'] });
    const slices = ['one', 'two'].map((name) => slice('web', [{ address: '10.244.1.5' }], { name }));
    assert.deepEqual(targets(frontendsOf(web, slices, place))[0]?.to, ['10.244.1.5:8080']);
  });

  test('slices of another port name or protocol are not its own', () => {
    const dns = service({ name: 'dns', clusterIPs: ['10.96.0.10'], port: 53, protocol: 'UDP' });
    assert.deepEqual(
      targets(frontendsOf(dns, [slice('dns', [{ address: '10.244.1.5' }])], place))[0]?.to,
      [],
    );
  });

  test('traffic policies narrow the endpoints to this node’s, each for its own kind of traffic', () => {
    const slices = [
      slice('web', [
        { address: '10.244.1.5', node: 'node-1' },
        { address: '10.244.2.5', node: 'node-2' },
      ]),
    ];
    const of = (policy: object) => {
      const web = service({ name: 'web', clusterIPs: ['10.96.0.20'], nodePort: 30080, spec: policy });
      return frontendsOf(web, slices, place).map(({ at, side, masquerade, targets: { length } }) => ({
        at: side ? `${at} ${side}` : at,
        masquerade,
        length,
      }));
    };
    assert.deepEqual(of({ externalTrafficPolicy: 'Local' }), [
      { at: 'service', masquerade: false, length: 2 },
      { at: 'node-port outside', masquerade: false, length: 1 },
      { at: 'node-port inside', masquerade: false, length: 2 },
    ]);
    assert.deepEqual(of({ internalTrafficPolicy: 'Local' }), [
      { at: 'service', masquerade: false, length: 1 },
      { at: 'node-port', masquerade: true, length: 2 },
    ]);
  });

  test('headless Services, ExternalName and Services of another proxy mean nothing', () => {
    const slices = [slice('web', [{ address: '10.244.1.5' }])];
    const none = [
      service({ name: 'web', clusterIPs: ['None'] }),
      service({ name: 'web', spec: { type: 'ExternalName', externalName: 'example.com' } }),
      {
        ...service({ name: 'web', clusterIPs: ['10.96.0.20'] }),
        metadata: { name: 'web', labels: { 'service.kubernetes.io/service-proxy-name': 'other' } },
      },
      {
        ...service({ name: 'web', clusterIPs: ['10.96.0.20'] }),
        metadata: { name: 'web', labels: { 'service.kubernetes.io/headless': '' } },
      },
    ];
    for (const each of none) assert.deepEqual(frontendsOf(each, slices, place), []);
  });
});
