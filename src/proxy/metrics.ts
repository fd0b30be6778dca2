/** Metrics under kube-proxy's own names. https://kubernetes.io/docs/reference/instrumentation/metrics/ */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ProxyMetrics {
  synced(seconds: number, nowMs: number): void;
  failed(): void;
}

export function proxyMetrics(registry: Registry): ProxyMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'kubeproxy_sync_proxy_rules_duration_seconds',
    help: 'SyncProxyRules latency in seconds',
    buckets: [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096],
    registers,
  });
  const last = new Gauge({
    name: 'kubeproxy_sync_proxy_rules_last_timestamp_seconds',
    help: 'The last time proxy rules were successfully synced',
    registers,
  });
  const failures = new Counter({
    name: 'kubeproxy_sync_proxy_rules_nftables_sync_failures_total',
    help: 'Cumulative proxy nftables sync failures',
    registers,
  });
  return {
    synced(seconds, nowMs) {
      duration.observe(seconds);
      last.set(nowMs / 1_000);
    },
    failed: () => failures.inc(),
  };
}
