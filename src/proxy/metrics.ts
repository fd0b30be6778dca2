/**
 * Metrics under kube-proxy's own names and labels. https://kubernetes.io/docs/reference/instrumentation/metrics/
 * One transaction carries both families, so each of them counts it.
 */
import { type Clock, systemClock } from '../lib/clock.ts';
import { exposition, type Family } from '../lib/metrics/exposition.ts';
import { exponentialBounds, Histograms, linearBounds, Values } from '../lib/metrics/metric.ts';
import { processFamilies } from '../lib/metrics/process.ts';

const syncBounds = exponentialBounds(0.001, 2, 15);
const programmingBounds = [
  ...linearBounds(0.25, 0.25, 2),
  ...linearBounds(1, 1, 59),
  ...linearBounds(60, 5, 12),
  ...linearBounds(120, 30, 7),
];

const kubeproxy = (name: string): string => `kubeproxy_${name}`;
const rules = (name: string): string => kubeproxy(`sync_proxy_rules_${name}`);
const histograms = (name: string, help: string, bounds = syncBounds) => new Histograms(name, help, bounds);
const counter = (name: string, help: string) => new Values('counter', name, help);
const gauge = (name: string, help: string) => new Values('gauge', name, help);

const metrics = () => ({
  duration: histograms(rules('duration_seconds'), 'SyncProxyRules latency in seconds'),
  full: histograms(
    kubeproxy('sync_full_proxy_rules_duration_seconds'),
    'SyncProxyRules latency in seconds for full resyncs',
  ),
  partial: histograms(
    kubeproxy('sync_partial_proxy_rules_duration_seconds'),
    'SyncProxyRules latency in seconds for partial resyncs',
  ),
  lastSynced: gauge(rules('last_timestamp_seconds'), 'The last time proxy rules were successfully synced'),
  lastQueued: gauge(rules('last_queued_timestamp_seconds'), 'The last time a sync of proxy rules was queued'),
  syncFailures: counter(rules('nftables_sync_failures_total'), 'Cumulative proxy nftables sync failures'),
  cleanupFailures: counter(
    rules('nftables_cleanup_failures_total'),
    'Cumulative proxy nftables cleanup failures',
  ),
  endpointChanges: counter(rules('endpoint_changes_total'), 'Cumulative proxy rules Endpoint changes'),
  endpointChangesPending: gauge(rules('endpoint_changes_pending'), 'Pending proxy rules Endpoint changes'),
  serviceChanges: counter(rules('service_changes_total'), 'Cumulative proxy rules Service changes'),
  serviceChangesPending: gauge(rules('service_changes_pending'), 'Pending proxy rules Service changes'),
  noLocalEndpoints: gauge(
    rules('no_local_endpoints_total'),
    'Number of services with a Local traffic policy and no endpoints',
  ),
  programming: histograms(
    kubeproxy('network_programming_duration_seconds'),
    'In Cluster Network Programming Latency in seconds',
    programmingBounds,
  ),
  reconciling: histograms(
    kubeproxy('conntrack_reconciler_sync_duration_seconds'),
    'ReconcileConntrackFlowsLatency latency in seconds',
  ),
  deletedFlows: counter(
    kubeproxy('conntrack_reconciler_deleted_entries_total'),
    'Cumulative conntrack flows deleted by conntrack reconciler',
  ),
  healthz: counter(kubeproxy('proxy_healthz_total'), 'Cumulative proxy healthz HTTP status'),
  livez: counter(kubeproxy('proxy_livez_total'), 'Cumulative proxy livez HTTP status'),
});

export type TrafficPolicy = 'internal' | 'external';

const labelOf = (family: 4 | 6) => ({ ip_family: `IPv${family}` });

export class ProxyMetrics {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #families: { ip_family: string }[];
  readonly #metrics = metrics();
  readonly #pending = { services: new Set<string>(), endpoints: new Set<string>() };
  #lastQueuedAtMs = 0;
  /** When what is not yet in the kernel happened, in milliseconds since 1970. */
  readonly #triggers: number[] = [];
  readonly #triggersUnderWay: number[] = [];

  /** `families` are those that the cluster has. */
  constructor(families: readonly (4 | 6)[], clock: Clock = systemClock) {
    this.#families = families.map(labelOf);
    this.#clock = clock;
    this.#startedAtMs = clock.now();
    const { syncFailures, cleanupFailures } = this.#metrics;
    for (const labels of this.#families)
      for (const one of [syncFailures, cleanupFailures]) one.set(0, labels);
    for (const policy of ['internal', 'external'] as const) this.withoutLocalEndpoints(policy, 0);
  }

  serviceChanged(key: string): void {
    this.#metrics.serviceChanges.add(1);
    this.#pending.services.add(key);
    this.#lastQueuedAtMs = this.#clock.now();
  }

  /**
   * `triggeredAt` is what the annotation `endpoints.kubernetes.io/last-change-trigger-time` of a slice says. What
   * happened before this process began does not count.
   */
  endpointsChanged(key: string, triggeredAt: string | undefined): void {
    this.#metrics.endpointChanges.add(1);
    const atMs = Date.parse(triggeredAt ?? '');
    if (atMs > this.#startedAtMs) this.#triggers.push(atMs);
    this.#pending.endpoints.add(key);
    this.#lastQueuedAtMs = this.#clock.now();
  }

  /** All that is known goes into a transaction now. */
  syncing(): void {
    for (const pending of Object.values(this.#pending)) pending.clear();
    this.#triggersUnderWay.push(...this.#triggers.splice(0));
  }

  /** The transaction is in the kernel. A full one wrote the whole table. */
  synced(seconds: number, isFull: boolean): void {
    const now = this.#clock.now();
    const programmed = this.#triggersUnderWay.splice(0).map((atMs) => (now - atMs) / 1_000);
    for (const labels of this.#families) {
      this.#metrics.duration.observe(seconds, labels);
      this.#metrics[isFull ? 'full' : 'partial'].observe(seconds, labels);
      this.#metrics.lastSynced.set(now / 1_000, labels);
      for (const took of programmed) this.#metrics.programming.observe(took, labels);
    }
  }

  failed(): void {
    for (const labels of this.#families) this.#metrics.syncFailures.add(1, labels);
  }

  /** So many tracked flows of one family, to endpoints that are gone, were deleted. */
  reconciled(family: 4 | 6, seconds: number, deleted: number): void {
    this.#metrics.reconciling.observe(seconds, labelOf(family));
    this.#metrics.deletedFlows.add(deleted, labelOf(family));
  }

  /** How many Services have endpoints, none of them on this node, and a policy that wants one here. */
  withoutLocalEndpoints(policy: TrafficPolicy, services: number): void {
    for (const labels of this.#families)
      this.#metrics.noLocalEndpoints.set(services, { ...labels, traffic_policy: policy });
  }

  answered(path: 'healthz' | 'livez', code: number): void {
    this.#metrics[path].add(1, { code: String(code) });
  }

  /** All of it, what others count, and the process, as Prometheus reads it. */
  text(others: readonly Family[] = []): string {
    for (const labels of this.#families) this.#metrics.lastQueued.set(this.#lastQueuedAtMs / 1_000, labels);
    this.#metrics.serviceChangesPending.set(this.#pending.services.size);
    this.#metrics.endpointChangesPending.set(this.#pending.endpoints.size);
    const own = Object.values(this.#metrics).map((one) => one.family());
    return exposition([...own, ...others, ...processFamilies()]);
  }
}
