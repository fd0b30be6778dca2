import assert from 'node:assert/strict';
import { sign, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { execute, run } from '../exec.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from './certificate.ts';
import { expiresAtMs, isIssuedBy } from './expiry.ts';
import { createSigningKey, keyId, publicKeyOf } from './signingKey.ts';

const nowMs = Date.now();
const day = 24 * 3600_000;

describe('certificates', () => {
  let ca: KeyPair;
  let dir: string;
  before(async () => {
    ca = await createAuthority({ commonName: 'kubernetes', nowMs });
    dir = await mkdtemp(join(tmpdir(), 'pki-'));
  });
  after(() => rm(dir, { recursive: true }));

  const file = async (name: string, text: string) => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };

  test('openssl verifies a serving certificate for its names, its addresses and its purpose', async () => {
    const server = await issueServerCertificate(ca, {
      commonName: 'kube-apiserver',
      dnsNames: ['kubernetes', 'kubernetes.default.svc'],
      ipAddresses: ['10.96.0.1', '127.0.0.1', 'fd96::1'],
      nowMs,
    });
    const [caFile, certFile] = [
      await file('ca.crt', ca.certificate),
      await file('server.crt', server.certificate),
    ];
    for (const check of [
      ['-verify_hostname', 'kubernetes.default.svc'],
      ['-verify_ip', '10.96.0.1'],
      ['-verify_ip', 'fd96::1'],
    ]) {
      const said = await run('openssl', [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-CAfile',
        caFile,
        ...check,
        certFile,
      ]);
      assert.match(said, /server\.crt: OK/);
    }
    const wrong = await execute('openssl', [
      'verify',
      '-CAfile',
      caFile,
      '-verify_hostname',
      'example.com',
      certFile,
    ]);
    assert.notEqual(wrong.code, 0);
  });

  test('openssl takes a client certificate for clients only', async () => {
    const client = await issueClientCertificate(ca, { commonName: 'jane', organizations: ['dev'], nowMs });
    const [caFile, certFile] = [
      await file('ca2.crt', ca.certificate),
      await file('client.crt', client.certificate),
    ];
    const as = (purpose: string) =>
      execute('openssl', ['verify', '-purpose', purpose, '-CAfile', caFile, certFile]);
    assert.equal((await as('sslclient')).code, 0);
    assert.notEqual((await as('sslserver')).code, 0);
  });

  test('TLS with client certificates: the server learns name and groups, commas and equal signs included', async () => {
    const identity = { commonName: 'system:node:a, CN=b', organizations: ['system:nodes', 'a=b, c'], nowMs };
    const peer = await handshake(ca, await issueClientCertificate(ca, identity));
    assert.equal(peer.authorized, true);
    assert.equal(peer.getPeerCertificate().subject.CN, 'system:node:a, CN=b');
    assert.deepEqual(peer.getPeerCertificate().subject.O, ['system:nodes', 'a=b, c']);
  });

  test('a certificate of another authority with the same name is not authorized', async () => {
    const other = await createAuthority({ commonName: 'kubernetes', nowMs });
    const stranger = await issueClientCertificate(other, { commonName: 'jane', nowMs });
    assert.equal((await handshake(ca, stranger)).authorized, false);
    assert.equal(isIssuedBy(stranger.certificate, ca.certificate), false);
    assert.equal(isIssuedBy(stranger.certificate, other.certificate), true);
  });

  test('an expired certificate is not authorized', async () => {
    const old = await issueClientCertificate(ca, {
      commonName: 'jane',
      nowMs: nowMs - 3 * day,
      validForMs: day,
    });
    assert.equal((await handshake(ca, old)).authorized, false);
  });

  test('the expiry is what was asked for, in whole seconds', async () => {
    const client = await issueClientCertificate(ca, { commonName: 'jane', nowMs, validForMs: 30 * day });
    assert.equal(expiresAtMs(client.certificate), Math.floor((nowMs + 30 * day) / 1000) * 1000);
  });

  test('two certificates never share a serial number or a key', async () => {
    const both = await Promise.all(
      [1, 2].map(() => issueClientCertificate(ca, { commonName: 'jane', nowMs })),
    );
    assert.equal(new Set(both.map((c) => new X509Certificate(c.certificate).serialNumber)).size, 2);
    assert.equal(new Set(both.map((c) => c.privateKey)).size, 2);
  });

  async function handshake(authority: KeyPair, client: KeyPair): Promise<TLSSocket> {
    const identity = await issueServerCertificate(authority, {
      commonName: 'x',
      ipAddresses: ['127.0.0.1'],
      nowMs,
    });
    const server = createServer({
      cert: identity.certificate,
      key: identity.privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = connect({
      port,
      host: '127.0.0.1',
      ca: authority.certificate,
      cert: client.certificate,
      key: client.privateKey,
    });
    socket.on('error', () => {});
    const [peer] = await connected;
    socket.destroy();
    server.close();
    return peer;
  }
});

test('a signing key signs ES256, and its kid belongs to the public half', () => {
  const key = createSigningKey();
  const signature = sign('sha256', Buffer.from('text'), { key, dsaEncoding: 'ieee-p1363' });
  assert.ok(
    verify('sha256', Buffer.from('text'), { key: publicKeyOf(key), dsaEncoding: 'ieee-p1363' }, signature),
  );
  assert.equal(keyId(key), keyId(publicKeyOf(key)));
  assert.notEqual(keyId(key), keyId(createSigningKey()));
});
