/** What `/metrics` says of the API server, by the names that dashboards know. */
import { Counter, Histogram, Registry } from 'prom-client';

export interface Observation {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  code: number;
}

export interface Metrics {
  /** One request that was answered, and how long that took. */
  observe(request: Observation, seconds: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

const names = ['verb', 'group', 'version', 'resource', 'subresource'] as const;

export function createMetrics(): Metrics {
  const registry = new Registry();
  const total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests, by what they were and how they ended.',
    labelNames: [...names, 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took; of a watch, until it began.',
    labelNames: [...names],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    observe({ code, ...labels }, seconds) {
      total.inc({ ...labels, code: String(code) });
      duration.observe(labels, seconds);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
