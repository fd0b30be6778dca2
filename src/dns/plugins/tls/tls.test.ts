import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { certificate } from '../../testing/certificate.ts';
import { fakeContext, setUpFrom } from '../../testing/context.ts';
import { tls } from './index.ts';

test('the certificate is read from its files', async (t) => {
  const { directory, cert, key, ca } = await certificate(['dns.example']);
  t.after(() => rmSync(directory, { recursive: true }));
  const context = fakeContext();
  setUpFrom(tls, `tls ${cert} ${key} ${ca} {\n client_auth require_and_verify\n}`, context);
  assert.match(String(context.tls.cert), /BEGIN CERTIFICATE/);
  assert.match(String(context.tls.ca), /BEGIN CERTIFICATE/);
  assert.equal(context.tls.requestCert, true);
  assert.equal(context.tls.rejectUnauthorized, true);
  const refusal = (lines: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(tls, lines, fakeContext()), expected);
  refusal('tls cert.pem', /Corefile:2: tls: write `tls CERT KEY \[CA\]`/);
  refusal('tls /nowhere/cert.pem key.pem', /ENOENT/);
  refusal(
    `tls ${cert} ${key} {\n client_auth maybe\n}`,
    /client_auth is one of nocert, request, .*, not "maybe"/,
  );
  refusal(`tls ${cert} ${key} {\n ciphers all\n}`, /Corefile:3: tls: option "ciphers" is not supported/);
});
