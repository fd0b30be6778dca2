import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execute, run } from '../exec.ts';
import { createAuthority, type KeyPair } from './certificate.ts';
import { isIssuedBy } from './expiry.ts';
import { createRequest, readRequest, signRequest } from './request.ts';

const nowMs = Date.now();
const hour = 3600_000;
const asked = {
  commonName: 'system:node:a',
  organizations: ['system:nodes'],
  dnsNames: ['a'],
  ipAddresses: ['172.30.0.2', 'fd30::2'],
};

describe('certificate requests', () => {
  let authority: KeyPair;
  let dir: string;
  before(async () => {
    authority = await createAuthority({ commonName: 'ca', nowMs, validForMs: 10 * hour });
    dir = await mkdtemp(join(tmpdir(), 'csr-'));
  });
  after(() => rm(dir, { recursive: true }));

  test('say what they ask for', async () => {
    const { request } = await createRequest(asked);
    assert.deepEqual(await readRequest(request), { ...asked, emails: [], uris: [] });
  });

  test('of openssl are read and signed, whatever their key', async () => {
    const keys = [['rsa:2048'], ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], ['ed25519']];
    for (const [i, key] of keys.entries()) {
      const [keyFile, csrFile] = [join(dir, `${i}.key`), join(dir, `${i}.csr`)];
      const subject = ['-subj', '/O=dev/O=ops/CN=jane'];
      await run('openssl', [
        ...['req', '-new', '-nodes', '-newkey', ...key, '-keyout', keyFile, '-out', csrFile],
        ...subject,
      ]);
      const request = await run('cat', [csrFile]);
      const { commonName, organizations } = await readRequest(request);
      assert.deepEqual([commonName, organizations], ['jane', ['dev', 'ops']]);
      const usages = ['digital signature', 'client auth'];
      const certificate = await signRequest(authority, request, { usages, nowMs, validForMs: hour });
      const [caFile, file] = [join(dir, 'ca.crt'), join(dir, `${i}.crt`)];
      await writeFile(caFile, authority.certificate);
      await writeFile(file, certificate);
      const verify = (purpose: string) =>
        execute('openssl', ['verify', '-purpose', purpose, '-CAfile', caFile, file]);
      assert.equal((await verify('sslclient')).code, 0, `${key[0]}`);
      assert.notEqual((await verify('sslserver')).code, 0, 'and for nothing else');
    }
  });

  test('become certificates with their names, that end when they should and not after the authority', async () => {
    const { request } = await createRequest(asked);
    const sign = (validForMs: number) =>
      signRequest(authority, request, { usages: ['server auth'], nowMs, validForMs });
    const short = new X509Certificate(await sign(hour));
    assert.ok(isIssuedBy(short.toString(), authority.certificate));
    assert.equal(short.subjectAltName, 'DNS:a, IP Address:172.30.0.2, IP Address:FD30:0:0:0:0:0:0:2');
    assert.equal(short.validToDate.getTime(), Math.floor((nowMs + hour) / 1000) * 1000);
    const long = new X509Certificate(await sign(100 * hour));
    assert.equal(
      long.validToDate.getTime(),
      new X509Certificate(authority.certificate).validToDate.getTime(),
    );
  });

  test('that were changed, or are none, are refused', async () => {
    const { request } = await createRequest(asked);
    const [head, body = '', tail] = request.split(/(?<=REQUEST-----\n)|(?=\n-----END)/);
    const bytes = Buffer.from(body, 'base64');
    bytes.writeUInt8((bytes.at(-3) ?? 0) ^ 1, bytes.length - 3);
    await assert.rejects(readRequest(`${head}${bytes.toString('base64')}${tail}`));
    await assert.rejects(
      readRequest('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'),
    );
    await assert.rejects(readRequest('nothing'));
  });
});
