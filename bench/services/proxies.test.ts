import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findKubeProxy, versionIn } from './kubeProxy.ts';
import { upstream } from './proxies.ts';

test('kube-proxy is found where KUBE_PROXY says, and told what it calls itself', async () => {
  assert.equal(versionIn('Kubernetes v1.36.0\n'), 'v1.36.0');
  assert.equal(await findKubeProxy({ KUBE_PROXY: '/nowhere/kube-proxy' }), undefined);
});

test('kube-proxy runs in nftables mode on its node against the same API server, and need not wait', () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-bench-'));
  try {
    const proxy = upstream({ program: '/opt/kube-proxy', version: 'v1.36.0' });
    const [program, option, file = ''] = proxy.command('node-6', '/tmp/kubeconfig-10', directory);
    assert.deepEqual([program, option], ['/opt/kube-proxy', '--config']);
    const written = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(written.mode, 'nftables');
    assert.equal(written.hostnameOverride, 'node-6');
    assert.equal(written.clientConnection.kubeconfig, '/tmp/kubeconfig-10');
    assert.equal(written.nftables.minSyncPeriod, '0s');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
