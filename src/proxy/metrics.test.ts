import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { proxyMetrics } from './metrics.ts';

test('the proxy’s metrics have kube-proxy’s names', async () => {
  const registry = new Registry();
  const metrics = proxyMetrics(registry);
  metrics.synced(0.003, 1_700_000_000_000);
  metrics.failed();
  const text = await registry.metrics();
  assert.match(text, /^kubeproxy_sync_proxy_rules_duration_seconds_bucket\{le="0.004"\} 1$/m);
  assert.match(text, /^kubeproxy_sync_proxy_rules_last_timestamp_seconds 1700000000$/m);
  assert.match(text, /^kubeproxy_sync_proxy_rules_nftables_sync_failures_total 1$/m);
});
