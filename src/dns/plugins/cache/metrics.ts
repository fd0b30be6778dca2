/** What the cache tells of itself, by CoreDNS's names. https://coredns.io/plugins/cache/#metrics */
import { Counter, Gauge, type Registry } from 'prom-client';

const labels = ['server', 'zones', 'view'];

const counter = (registry: Registry, name: string, help: string, labelNames = labels) =>
  new Counter({ name: `coredns_cache_${name}`, help, labelNames, registers: [registry] });

export const metricsIn = (registry: Registry) => ({
  entries: new Gauge({
    name: 'coredns_cache_entries',
    help: 'Answers that are kept.',
    labelNames: ['server', 'type', 'zones', 'view'],
    registers: [registry],
  }),
  requests: counter(registry, 'requests_total', 'Questions that came to the cache.'),
  hits: counter(registry, 'hits_total', 'Questions answered from the cache.', [
    'server',
    'type',
    'zones',
    'view',
  ]),
  misses: counter(registry, 'misses_total', 'Questions that the cache had no answer for.'),
  prefetch: counter(registry, 'prefetch_total', 'Answers asked for again before they were over.'),
  stale: counter(registry, 'served_stale_total', 'Answers that were over and given nevertheless.'),
  evictions: counter(registry, 'evictions_total', 'Answers that had to make room.', [
    'server',
    'type',
    'zones',
    'view',
  ]),
});
