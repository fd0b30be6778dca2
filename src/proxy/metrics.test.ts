import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../lib/clock.ts';
import { ProxyMetrics } from './metrics.ts';

const startMs = Date.UTC(2026, 0, 1);

function world() {
  const clock = new FakeClock(startMs);
  const metrics = new ProxyMetrics([4, 6], clock);
  const own = () =>
    metrics
      .text()
      .split('\n')
      .filter((line) => line.startsWith('kubeproxy_'));
  /** Without buckets, sorted. */
  const of = (name: string) =>
    own().filter((line) => line.startsWith(`kubeproxy_${name}`) && !line.includes('_bucket'));
  return { clock, metrics, of };
}

const second = (ms: number) => (startMs + ms) / 1_000;

test('a transaction is counted by each family, under kube-proxy’s names', () => {
  const { clock, metrics, of } = world();
  clock.advance(2_000);
  metrics.synced(0.5, true);
  metrics.synced(0.25, false);
  for (const [name, sum, count] of [
    ['sync_proxy_rules_duration_seconds', 0.75, 2],
    ['sync_full_proxy_rules_duration_seconds', 0.5, 1],
    ['sync_partial_proxy_rules_duration_seconds', 0.25, 1],
  ] as const)
    assert.deepEqual(
      of(name),
      ['IPv4', 'IPv6'].flatMap((family) => [
        `kubeproxy_${name}_sum{ip_family="${family}"} ${sum}`,
        `kubeproxy_${name}_count{ip_family="${family}"} ${count}`,
      ]),
    );
  assert.deepEqual(of('sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"}'), [
    `kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} ${second(2_000)}`,
  ]);
});

test('the buckets are kube-proxy’s', () => {
  const { metrics } = world();
  metrics.synced(0.003, false);
  const buckets = (name: string) =>
    [
      ...metrics
        .text()
        .matchAll(new RegExp(`^kubeproxy_${name}_bucket\\{ip_family="IPv4",le="(.*)"\\}`, 'gm')),
    ].map(([, le]) => le);
  assert.deepEqual(
    buckets('sync_proxy_rules_duration_seconds').join(' '),
    '0.001 0.002 0.004 0.008 0.016 0.032 0.064 0.128 0.256 0.512 1.024 2.048 4.096 8.192 16.384 +Inf',
  );
  metrics.endpointsChanged('default/web', new Date(startMs + 1).toISOString());
  metrics.syncing();
  metrics.synced(0.1, false);
  assert.equal(buckets('network_programming_duration_seconds').length, 81);
});

test('changes wait until they go into a transaction', () => {
  const { clock, metrics, of } = world();
  clock.advance(1_000);
  metrics.serviceChanged('default/web');
  metrics.serviceChanged('default/web');
  metrics.endpointsChanged('default/web', undefined);
  const changes = () =>
    [...of('sync_proxy_rules_service'), ...of('sync_proxy_rules_endpoint')].map((line) =>
      line.replace('kubeproxy_sync_proxy_rules_', ''),
    );
  assert.deepEqual(changes(), [
    'service_changes_total 2',
    'service_changes_pending 1',
    'endpoint_changes_total 1',
    'endpoint_changes_pending 1',
  ]);
  assert.deepEqual(of('sync_proxy_rules_last_queued'), [
    `kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family="IPv4"} ${second(1_000)}`,
    `kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family="IPv6"} ${second(1_000)}`,
  ]);
  metrics.syncing();
  assert.deepEqual(changes(), [
    'service_changes_total 2',
    'service_changes_pending 0',
    'endpoint_changes_total 1',
    'endpoint_changes_pending 0',
  ]);
});

test('the time from a pod’s change to the kernel is measured, but for what happened before the start', () => {
  const { clock, metrics, of } = world();
  clock.advance(5_000);
  metrics.endpointsChanged('default/old', new Date(startMs - 60_000).toISOString());
  metrics.endpointsChanged('default/web', new Date(startMs + 4_000).toISOString());
  metrics.endpointsChanged('default/own', 'no time at all');
  metrics.syncing();
  metrics.failed();
  clock.advance(2_000);
  metrics.syncing();
  metrics.synced(0.1, true);
  assert.deepEqual(of('network_programming_duration_seconds').slice(0, 2), [
    'kubeproxy_network_programming_duration_seconds_sum{ip_family="IPv4"} 3',
    'kubeproxy_network_programming_duration_seconds_count{ip_family="IPv4"} 1',
  ]);
  assert.deepEqual(of('sync_proxy_rules_nftables_sync_failures_total'), [
    'kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family="IPv4"} 1',
    'kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family="IPv6"} 1',
  ]);
});

test('flows, answers, and Services without an endpoint here are told', () => {
  const { metrics, of } = world();
  metrics.reconciled(6, 0.01, 3);
  metrics.withoutLocalEndpoints('external', 2);
  metrics.answered('healthz', 200);
  metrics.answered('healthz', 503);
  metrics.answered('livez', 200);
  assert.deepEqual(of('conntrack_reconciler'), [
    'kubeproxy_conntrack_reconciler_sync_duration_seconds_sum{ip_family="IPv6"} 0.01',
    'kubeproxy_conntrack_reconciler_sync_duration_seconds_count{ip_family="IPv6"} 1',
    'kubeproxy_conntrack_reconciler_deleted_entries_total{ip_family="IPv6"} 3',
  ]);
  assert.deepEqual(of('sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4"'), [
    'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"} 0',
    'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"} 2',
  ]);
  assert.deepEqual(of('proxy_'), [
    'kubeproxy_proxy_healthz_total{code="200"} 1',
    'kubeproxy_proxy_healthz_total{code="503"} 1',
    'kubeproxy_proxy_livez_total{code="200"} 1',
  ]);
  assert.deepEqual(of('sync_proxy_rules_nftables_cleanup_failures_total'), [
    'kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total{ip_family="IPv4"} 0',
    'kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total{ip_family="IPv6"} 0',
  ]);
  assert.match(metrics.text(), /^process_resident_memory_bytes \d+$/m);
});
