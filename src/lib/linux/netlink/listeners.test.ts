import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { listenersIn } from './listeners.ts';

const here = '/proc/self/ns/net';
const of = (port: number) => listenersIn(here).find((listener) => listener.port === port);

test('who listens is told, whichever the family, and nobody else', async () => {
  const servers = await Promise.all(
    ['127.0.0.1', '::1'].map(async (address) => {
      const server = createServer(() => {});
      await once(server.listen(0, address), 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const port of ports) assert.deepEqual(of(port), { port, waiting: 0 });
  for (const server of servers) server.close();
  for (const port of ports) assert.equal(of(port), undefined);
});

test('clients that nobody has taken yet are counted', async () => {
  const server = createServer(() => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  // It connects in the next tick, and the server takes nobody before this turn of the event loop is over.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  // A kernel that has much to do sends the packets between the two a moment later.
  while (of(port)?.waiting === 0);
  assert.deepEqual(of(port), { port, waiting: 1 });
  await once(client, 'connect');
  client.destroy();
  server.close();
});
