import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as jose from 'jose';
import type { Secret } from '../../api/types.ts';
import { clusterInfo, clusterKubeconfig, detachedSignature } from './clusterInfo.ts';

const token = (id: string, more: Record<string, string> = {}): Secret => ({
  metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(
    Object.entries({
      'token-id': id,
      'token-secret': 'f395accd246ae52d',
      'usage-bootstrap-signing': 'true',
      ...more,
    }).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
});

test('a signature is verified by another implementation, with the content beside it', async () => {
  const secret = 'f395accd246ae52d';
  const signature = detachedSignature('content', '07401b', secret);
  const whole = signature.replace('..', `.${Buffer.from('content').toString('base64url')}.`);
  const { protectedHeader } = await jose.compactVerify(whole, Buffer.from(secret));
  assert.deepEqual(protectedHeader, { alg: 'HS256', kid: '07401b' });
});

test('tokens that may sign do, those that are over or may not do not', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  const tokens = [
    token('aaaaaa'),
    token('bbbbbb', { 'usage-bootstrap-signing': 'false' }),
    token('cccccc', { expiration: '2025-12-31T00:00:00Z' }),
    token('dddddd', { expiration: '2026-01-02T00:00:00Z' }),
  ];
  assert.deepEqual(Object.keys(clusterInfo('text', tokens, nowMs)), [
    'kubeconfig',
    'jws-kubeconfig-aaaaaa',
    'jws-kubeconfig-dddddd',
  ]);
});

test('the kubeconfig says where the cluster is and by what it is known, and nobody is in it', () => {
  const text = clusterKubeconfig({
    apiServer: { addresses: ['fd30::2'], port: 6443, serviceIPs: [] },
    caCertificate: 'PEM',
  });
  assert.match(text, /server: https:\/\/\[fd30::2\]:6443/);
  assert.match(text, /certificate-authority-data: UEVN/);
  assert.match(text, /users: \[\]/);
});
