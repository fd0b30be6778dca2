import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from './freePort.ts';

test('a free port is no client’s, each is given once, and TCP and UDP have it', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  assert.equal(new Set(ports).size, 20);
  for (const port of ports) {
    assert.ok(port < 32_768);
    const tcp = createServer().listen(port, '127.0.0.1');
    const udp = createSocket('udp4').bind(port, '127.0.0.1');
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
    tcp.close();
    udp.close();
  }
});
