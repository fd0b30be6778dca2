import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../api/types.ts';
import { idOf } from './frontend.ts';
import { hostPortFrontends, ownerOf } from './hostPorts.ts';

type Ports = NonNullable<NonNullable<Pod['spec']>['containers'][number]['ports']>;

const podWith = (ports: Ports, own: { spec?: object; status?: object } = {}): Pod => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'main', ports }], ...own.spec },
  status: {
    phase: 'Running',
    hostIPs: [{ ip: '172.30.0.2' }, { ip: 'FD30::2' }],
    podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd44::5' }],
    ...own.status,
  },
});

const frontends = (pod: Pod) =>
  hostPortFrontends(pod).map(
    (frontend) => `${idOf(frontend)} to ${frontend.targets.map((t) => `${t.address} ${t.port}`).join(', ')}`,
  );

describe('a host port', () => {
  test('is on every address of the node, over both families', () => {
    assert.deepEqual(frontends(podWith([{ containerPort: 80, hostPort: 8080 }])), [
      'host-port4 tcp . 8080 to 10.244.0.5 80',
      'host-port6 tcp . 8080 to fd44::5 80',
    ]);
  });

  test('is on those of one family, when its hostIP is none of that family', () => {
    const of = (hostIP: string) => frontends(podWith([{ containerPort: 80, hostPort: 8080, hostIP }]));
    assert.deepEqual(of('0.0.0.0'), ['host-port4 tcp . 8080 to 10.244.0.5 80']);
    assert.deepEqual(of('::'), ['host-port6 tcp . 8080 to fd44::5 80']);
  });

  test('is on one address of the node, or its loopback alone', () => {
    const of = (hostIP: string) => frontends(podWith([{ containerPort: 80, hostPort: 8080, hostIP }]));
    assert.deepEqual(of('172.30.0.2'), ['service4 172.30.0.2 . tcp . 8080 to 10.244.0.5 80']);
    assert.deepEqual(of('fd30::2'), ['service6 fd30::2 . tcp . 8080 to fd44::5 80']);
    assert.deepEqual(of('127.0.0.1'), ['service4 127.0.0.1 . tcp . 8080 to 10.244.0.5 80']);
  });

  test('takes no address from others: a Service’s, another node’s', () => {
    for (const hostIP of ['10.96.0.1', '172.30.0.3', 'fd96::1'])
      assert.deepEqual(frontends(podWith([{ containerPort: 80, hostPort: 443, hostIP }])), []);
  });

  test('is TCP, UDP or SCTP', () => {
    const ports = (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
      ...{ containerPort: 53, hostPort: 5353, hostIP: '0.0.0.0' },
      protocol,
    }));
    assert.deepEqual(
      frontends(podWith(ports)),
      ['tcp', 'udp', 'sctp'].map((protocol) => `host-port4 ${protocol} . 5353 to 10.244.0.5 53`),
    );
  });

  test('keeps the client’s address', () => {
    const [frontend] = hostPortFrontends(podWith([{ containerPort: 80, hostPort: 8080 }]));
    assert.equal(frontend?.masquerade, false);
  });

  test('may be a sidecar’s', () => {
    const ports = [{ containerPort: 80, hostPort: 8080, hostIP: '0.0.0.0' }];
    const of = (restartPolicy?: string) =>
      frontends(podWith([], { spec: { initContainers: [{ name: 'side', restartPolicy, ports }] } }));
    assert.deepEqual(of('Always'), ['host-port4 tcp . 8080 to 10.244.0.5 80']);
    assert.deepEqual(of(), []);
  });

  test('waits for the pod’s address and goes when the pod has ended', () => {
    const ports = [{ containerPort: 80, hostPort: 8080 }];
    assert.deepEqual(frontends(podWith(ports, { status: { podIPs: undefined } })), []);
    for (const phase of ['Succeeded', 'Failed'])
      assert.deepEqual(frontends(podWith(ports, { status: { phase } })), []);
  });

  test('needs no rules on the host’s network, and there is none without one', () => {
    const onHost = { spec: { hostNetwork: true } };
    assert.deepEqual(frontends(podWith([{ containerPort: 80, hostPort: 80 }], onHost)), []);
    assert.deepEqual(frontends(podWith([{ containerPort: 80 }])), []);
  });

  test('has an owner that no Service can be', () => {
    assert.equal(ownerOf(podWith([])), 'pod shop/web');
  });
});
