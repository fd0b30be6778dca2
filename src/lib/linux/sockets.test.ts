import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { connectIn, socketAddress, socketIn } from './sockets.ts';

test('socket addresses are as the kernel takes them', () => {
  assert.equal(socketAddress('127.0.0.1', 80).toString('hex'), `0200${'0050'}7f000001${'00'.repeat(8)}`);
  assert.equal(
    socketAddress('::1', 443).toString('hex'),
    `0a0001bb00000000${'00'.repeat(15)}01${'00'.repeat(4)}`,
  );
});

test('a socket made by hand serves and connects as Node’s own do', async () => {
  const bind = { address: '127.0.0.1', port: 0 };
  const server = createServer((socket) => socket.pipe(socket));
  server.listen({ fd: socketIn(undefined, { type: 'tcp', family: 4, bind }) });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = await connectIn(undefined, '127.0.0.1', port);
  client.end('hello');
  const chunks: Buffer[] = [];
  for await (const chunk of client) chunks.push(chunk as Buffer);
  assert.equal(Buffer.concat(chunks).toString(), 'hello');
  server.close();
});

test('a name is not an address to connect to', async () => {
  await assert.rejects(connectIn(undefined, 'localhost', 80), /localhost: it is not an address/);
});
