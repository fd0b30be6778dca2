import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test } from 'node:test';
import { testAuthority } from '../http/testCerts.ts';
import { webhookAsker } from './client.ts';
import { reasonOf } from './reason.ts';

describe('a webhook', () => {
  test('that closes a connection which was kept is asked again over another one', async () => {
    const authority = await testAuthority();
    const sockets: Socket[] = [];
    const server = createServer(await authority.issue('CN=webhook'), (request, response) => {
      if (sockets.includes(request.socket)) return request.socket.destroy();
      sockets.push(request.socket);
      return request.resume().on('end', () => response.end(`{"asked":${sockets.length}}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = webhookAsker({ service: () => Promise.resolve(undefined), timeoutMs: 5_000 });
    const client = {
      url: `https://127.0.0.1:${port}/`,
      caBundle: Buffer.from(authority.ca).toString('base64'),
    };
    try {
      assert.deepEqual(await ask(client, {}), { asked: 1 });
      assert.deepEqual(await ask(client, {}), { asked: 2 });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('why there is no answer', () => {
  const cases: [object, string][] = [
    [
      { code: 'ECONNREFUSED', address: '10.96.0.9', port: 443 },
      'dial tcp 10.96.0.9:443: connect: connection refused',
    ],
    [{ code: 'ECONNREFUSED', address: '::1', port: 1 }, 'dial tcp [::1]:1: connect: connection refused'],
    [
      { code: 'EHOSTUNREACH', address: '10.0.0.1', port: 1 },
      'dial tcp 10.0.0.1:1: connect: no route to host',
    ],
    [{ code: 'ENOTFOUND', hostname: 'nowhere' }, 'dial tcp: lookup nowhere: no such host'],
    [{ name: 'AbortError' }, 'context deadline exceeded'],
    [{ errors: [{ code: 'ENOTFOUND', hostname: 'a' }] }, 'dial tcp: lookup a: no such host'],
    [
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [new Error('its answer is not JSON'), 'its answer is not JSON'],
  ];
  for (const [err, said] of cases)
    test(`is told as: ${said}`, () => {
      assert.equal(reasonOf(err), said);
    });
});
