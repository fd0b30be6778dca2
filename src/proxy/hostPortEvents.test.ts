import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestInformer } from '../../test/support/informer.ts';
import { service } from '../../test/support/services.ts';
import type { Pod, Service } from '../api/types.ts';
import { tellOfHostPorts } from './hostPortEvents.ts';

const podWith = (ports: object): Pod => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, ...ports }] }] },
  status: {
    phase: 'Running',
    hostIPs: [{ ip: '172.30.0.2' }, { ip: 'fd30::2' }],
    podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd44::5' }],
  },
});

const taker = (nodePort: number, ipFamilies = ['IPv4', 'IPv6'], protocol: 'TCP' | 'UDP' = 'TCP') =>
  service({ name: 'taker', clusterIPs: ['10.96.0.9'], nodePort, protocol, spec: { ipFamilies } });

function world() {
  const [pods, services, told] = [new TestInformer<Pod>(), new TestInformer<Service>(), [] as string[]];
  const events = {
    event(resource: { kind: string }, { metadata }: Pod, _type: string, reason: string, message: string) {
      told.push(`${resource.kind} ${metadata.name} ${reason}: ${message}`);
    },
  };
  tellOfHostPorts({ pods, services, nodeName: 'node-1', events });
  return { pods, services, told };
}

describe('events of host ports', () => {
  const podWaits =
    'Pod web HostPortWaits: hostPort 30080/TCP waits: it is the node port of Service default/taker';

  test('say that one waits while a Service has it as its node port, whoever came first', () => {
    for (const order of ['pod first', 'service first']) {
      const { pods, services, told } = world();
      const puts = [() => pods.put(podWith({ hostPort: 30080 })), () => services.put(taker(30080))];
      for (const put of order === 'pod first' ? puts : puts.reverse()) put();
      assert.deepEqual(told, [podWaits], order);
    }
  });

  test('are told once, and again when it happens again', () => {
    const { pods, services, told } = world();
    pods.put(podWith({ hostPort: 30080 }));
    services.put(taker(30080));
    services.put(taker(30080));
    pods.put(podWith({ hostPort: 30080 }));
    assert.deepEqual(told, [podWaits]);
    services.delete('default/taker');
    services.put(taker(30080));
    assert.deepEqual(told, [podWaits, podWaits]);
    pods.delete('shop/web');
    services.put(taker(30080, ['IPv4']));
    assert.equal(told.length, 2);
  });

  test('say that a node port waits where a pod has it at a hostIP', () => {
    const { pods, services, told } = world();
    pods.put(podWith({ hostPort: 30080, hostIP: '172.30.0.2' }));
    services.put(taker(30080));
    assert.deepEqual(told, [
      'Service taker NodePortWaits: node port 30080/TCP waits at 172.30.0.2 on node node-1: it is the hostPort of pod shop/web',
    ]);
  });

  test('say nothing of another number, protocol or family', () => {
    const { pods, services, told } = world();
    pods.put(podWith({ hostPort: 30080, hostIP: '::' }));
    for (const other of [taker(30081), taker(30080, ['IPv6'], 'UDP'), taker(30080, ['IPv4'])])
      services.put(other);
    assert.deepEqual(told, []);
  });

  test('say that a hostIP is not the node’s, once its pod has addresses', () => {
    const { pods, told } = world();
    const pod = podWith({ hostPort: 8080, hostIP: '192.0.2.7' });
    pods.put({ ...pod, status: {} });
    assert.deepEqual(told, []);
    pods.put(pod);
    pods.put(pod);
    assert.deepEqual(told, [
      'Pod web HostIPNotServed: hostIP 192.0.2.7 is no address of node node-1: nothing is reached by it',
    ]);
  });
});
