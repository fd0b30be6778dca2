import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import type { Service } from '../../api/types.ts';
import { containerOf, podOf } from '../testing/pod.ts';
import { busyMsOf, calledPorts, listeners, listeningPorts, servedPorts } from './listening.ts';

describe('the ports that a container says it serves', () => {
  test('are its own over TCP and those of its image, each once', () => {
    const container = containerOf(
      'ports: [{containerPort: 80}, {containerPort: 8443, protocol: TCP}, {containerPort: 53, protocol: UDP}]',
    );
    assert.deepEqual(servedPorts(container, ['80/tcp', '9090', '53/udp', '7/sctp']), [80, 8443, 9090]);
    assert.deepEqual(servedPorts(containerOf('{}')), []);
  });
});

describe('the ports to which Services send clients', () => {
  const pod = podOf(
    'metadata: {labels: {app: web}}\nspec: {containers: [{name: a, ports: [{containerPort: 80}]}]}',
  );
  const service = (spec: NonNullable<Service['spec']>): Service => ({ metadata: { name: 's' }, spec });
  const selector = { app: 'web' };

  test('are waited for although no container names them', () => {
    const services = [
      service({ selector, ports: [{ port: 80, targetPort: 8080 }, { port: 9090 }] }),
      service({ selector, ports: [{ port: 8080 }] }),
    ];
    assert.deepEqual(calledPorts(pod, services), [8080, 9090]);
  });

  test('are left to the container that names them, or has a name for them', () => {
    const services = [
      service({ selector, ports: [{ port: 80 }, { port: 81, targetPort: 'http' as never }] }),
    ];
    assert.deepEqual(calledPorts(pod, services), []);
  });

  test('are none of another pod, of no pod, and over UDP', () => {
    const services = [
      service({ selector: { app: 'other' }, ports: [{ port: 8080 }] }),
      service({ ports: [{ port: 8080 }] }),
      service({ selector, ports: [{ port: 53, protocol: 'UDP' }] }),
    ];
    assert.deepEqual(calledPorts(pod, services), []);
  });
});

describe('what is listened on', () => {
  test('stands in the table of sockets, beside those that are connected', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 22 1
`;
    assert.deepEqual(listeners(table), [80]);
    const six = '   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 0';
    assert.deepEqual(listeners(six), [443]);
    assert.deepEqual(listeners(''), []);
  });

  test('is read of the network of a process', async () => {
    const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '::1')];
    try {
      await Promise.all(servers.map((server) => once(server, 'listening')));
      const open = listeningPorts(process.pid);
      for (const server of servers) assert.ok(open.has((server.address() as AddressInfo).port));
    } finally {
      for (const server of servers) server.close();
    }
  });

  test('is nothing of a process that has ended', () => {
    assert.equal(listeningPorts(2 ** 22).size, 0);
  });
});

test('a process is busy while it runs, and not while it sleeps', () => {
  const [before, used] = [busyMsOf(process.pid) ?? 0, process.cpuUsage()];
  // Not by the clock: others may have the processor meanwhile.
  for (let own = 0; own < 40_000; ) {
    const { user, system } = process.cpuUsage(used);
    own = user + system;
  }
  assert.ok((busyMsOf(process.pid) ?? 0) - before >= 20);
  assert.equal(busyMsOf(2 ** 22), undefined);
});
