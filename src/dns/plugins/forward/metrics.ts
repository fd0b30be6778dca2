/** What is told of upstreams, by CoreDNS's names. https://coredns.io/plugins/forward/#metrics */
import { Counter, Histogram, type Registry } from 'prom-client';

export const metricsIn = (registry: Registry) => ({
  duration: new Histogram({
    name: 'coredns_proxy_request_duration_seconds',
    help: 'How long upstreams took to answer.',
    labelNames: ['proxy_name', 'to', 'rcode'],
    buckets: Array.from({ length: 16 }, (_, i) => 0.00025 * 2 ** i),
    registers: [registry],
  }),
  healthFailures: new Counter({
    name: 'coredns_proxy_healthcheck_failures_total',
    help: 'Upstreams that were asked for their health and did not answer.',
    labelNames: ['proxy_name', 'to'],
    registers: [registry],
  }),
  allDown: new Counter({
    name: 'coredns_forward_healthcheck_broken_total',
    help: 'Questions that came while no upstream was up.',
    registers: [registry],
  }),
  tooMany: new Counter({
    name: 'coredns_forward_max_concurrent_rejects_total',
    help: 'Questions beyond max_concurrent.',
    registers: [registry],
  }),
});
