/** The metrics of the server itself, by CoreDNS's names. https://coredns.io/plugins/metrics/ */
import { Counter, Gauge, type Registry } from 'prom-client';
import { processReadings } from '../../../lib/metrics/process.ts';
import { counters, histograms, readings } from './tally.ts';

/** Of 250 µs, doubled up to eight seconds. */
const secondBuckets = Array.from({ length: 16 }, (_, i) => 0.00025 * 2 ** i);
const byteBuckets = [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16e3, 32e3, 48e3, 64e3];

export function familiesIn(registry: Registry) {
  const built = new Gauge({
    name: 'coredns_build_info',
    help: 'What this server is.',
    labelNames: ['version', 'revision', 'goversion'],
    registers: [registry],
  });
  built.set({ version: 'switchboard', revision: '', goversion: `node ${process.version}` }, 1);
  readings(registry, processReadings());
  return {
    requests: counters(registry, 'coredns_dns_requests_total', 'Questions, by what was asked.'),
    responses: counters(registry, 'coredns_dns_responses_total', 'Answers, by how they ended.'),
    wantSignatures: counters(registry, 'coredns_dns_do_requests_total', 'Questions with the DO bit.'),
    duration: histograms(
      registry,
      'coredns_dns_request_duration_seconds',
      'How long answers took.',
      secondBuckets,
    ),
    requestSize: histograms(
      registry,
      'coredns_dns_request_size_bytes',
      'How long questions were.',
      byteBuckets,
    ),
    responseSize: histograms(
      registry,
      'coredns_dns_response_size_bytes',
      'How long answers were.',
      byteBuckets,
    ),
    panics: new Counter({
      name: 'coredns_panics_total',
      help: 'Questions that failed for a reason of our own.',
      registers: [registry],
    }),
    enabled: new Gauge({
      name: 'coredns_plugin_enabled',
      help: 'Plugins of each server block.',
      labelNames: ['server', 'zone', 'view', 'name'],
      registers: [registry],
    }),
  };
}
