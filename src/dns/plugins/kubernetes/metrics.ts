import { Histogram, type Registry } from 'prom-client';
import type { EndpointSlice } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';

/** Written by the endpointslice controller: when the pod or the Service changed because of which the slice did. */
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Counts how long it took from a change in the cluster until it is in the answers. */
export function programmingDuration(registry: Registry, clock: Clock): (slice: EndpointSlice) => void {
  const histogram = new Histogram({
    name: 'coredns_kubernetes_dns_programming_duration_seconds',
    help: 'From a change of endpoints to the answers that have it.',
    labelNames: ['service_kind'],
    buckets: Array.from({ length: 20 }, (_, i) => 0.001 * 2 ** i),
    registers: [registry],
  });
  return ({ metadata }) => {
    const fromMs = Date.parse(metadata.annotations?.[triggerTime] ?? '');
    // Only headless Services lead to their endpoints; a slice says so itself.
    const isHeadless = metadata.labels !== undefined && 'service.kubernetes.io/headless' in metadata.labels;
    if (!Number.isNaN(fromMs) && isHeadless)
      histogram.observe({ service_kind: 'headless_with_selector' }, Math.max(0, clock.now() - fromMs) / 1000);
  };
}
