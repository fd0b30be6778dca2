import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { containerOf } from '../testing/pod.ts';
import { listeners, listeningPorts, servedPorts } from './listening.ts';

describe('the ports that a container says it serves', () => {
  test('are its own over TCP and those of its image, each once', () => {
    const container = containerOf(
      'ports: [{containerPort: 80}, {containerPort: 8443, protocol: TCP}, {containerPort: 53, protocol: UDP}]',
    );
    assert.deepEqual(servedPorts(container, ['80/tcp', '9090', '53/udp', '7/sctp']), [80, 8443, 9090]);
    assert.deepEqual(servedPorts(containerOf('{}')), []);
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
