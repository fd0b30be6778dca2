import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { freePort } from '../../../lib/testing/freePort.ts';
import { podDialer } from './dial.ts';

const pod = { metadata: { name: 'web', namespace: 'default' } };
const dial = podDialer({ network: (_, name) => (name === 'web' ? {} : undefined) });

async function listening(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end('hello'));
  server.listen({ port: 0, host, ipv6Only: host === '::1' });
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a port of a pod is reached', () => {
  for (const host of ['127.0.0.1', '::1'])
    test(`on ${host}`, async () => {
      const { server, port } = await listening(host);
      const socket = await dial(pod, port);
      assert.equal(String((await once(socket, 'data'))[0]), 'hello');
      socket.destroy();
      server.close();
    });

  test('or both reasons are told why it is not', async () => {
    const port = await freePort();
    await assert.rejects(
      dial(pod, port),
      new RegExp(
        `localhost:${port} inside the pod's network namespace, IPv4: connect: connection refused IPv6: connect: `,
      ),
    );
    await assert.rejects(dial({ metadata: { name: 'gone' } }, port), /failed to find sandbox of pod gone/);
  });
});
