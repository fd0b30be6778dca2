/**
 * What `/metrics` says of the API server, by the names that dashboards know.
 * https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { processMetrics } from './processMetrics.ts';

export interface Labels {
  /** `GET`, `LIST`, `WATCH`, `POST`, `PUT`, `PATCH`, `DELETE`, `DELETECOLLECTION`, `CONNECT`. */
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  /** `cluster`, `namespace`, `resource`, or nothing for a path that names none. */
  scope: string;
}

export interface Metrics {
  /** A request that begins; what is returned is called when it was answered. */
  begin(labels: Labels): (code: number) => void;
  /** A watch or another answer that goes on; what is returned is called at its end. */
  beginLong(labels: Labels): () => void;
  watchEvents(labels: Labels, count: number): void;
  /** How many objects of a resource there are. */
  stored(resource: { group: string; plural: string }, count: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

const names = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;
const mutating: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE', 'DELETECOLLECTION']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests, by what they were and how they ended.',
    labelNames: [...names, 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took; of a watch, until it began.',
    labelNames: [...names],
    buckets: [0.001, 0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 5, 30, 60],
    registers,
  });
  const inflight = new Gauge({
    name: 'apiserver_current_inflight_requests',
    help: 'Requests that are being answered now, watches and streams aside.',
    labelNames: ['request_kind'],
    registers,
  });
  for (const kind of ['mutating', 'readOnly']) inflight.set({ request_kind: kind }, 0);
  const longRunning = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches and streams that go on now.',
    labelNames: [...names],
    registers,
  });
  const events = new Counter({
    name: 'apiserver_watch_events_total',
    help: 'Events that watches were told.',
    labelNames: ['group', 'version', 'resource'],
    registers,
  });
  const objects = new Gauge({
    name: 'apiserver_storage_objects',
    help: 'Objects in the store, by resource.',
    labelNames: ['resource'],
    registers,
  });
  processMetrics(registry);
  return {
    begin(labels) {
      const startedMs = performance.now();
      const kind = { request_kind: mutating.has(labels.verb) ? 'mutating' : 'readOnly' };
      inflight.inc(kind);
      return (code) => {
        inflight.dec(kind);
        total.inc({ ...labels, code: String(code) });
        duration.observe({ ...labels }, (performance.now() - startedMs) / 1000);
      };
    },
    beginLong(labels) {
      longRunning.inc({ ...labels });
      return () => longRunning.dec({ ...labels });
    },
    watchEvents: ({ group, version, resource }, count) => events.inc({ group, version, resource }, count),
    stored: ({ group, plural }, count) =>
      objects.set({ resource: group === '' ? plural : `${plural}.${group}` }, count),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
