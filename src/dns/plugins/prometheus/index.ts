import { Counter, Histogram } from 'prom-client';
import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { isWithin } from '../../wire/name.ts';
import { rcodeName, recordType, typeName } from '../../wire/types.ts';

/** Types that have a name of their own in metrics; all others are `other`, so that nobody fills the memory with labels. */
const known = new Set(Object.values(recordType).map(typeName));

/** `GET :9153/metrics`, by CoreDNS's names. https://coredns.io/plugins/metrics/ */
export const prometheus: SetUp = (directive, { serveHttp, registry, server, zones, clock, metrics }) => {
  expectNoMore(directive, 1);
  const { requests, responses, duration } = metrics('prometheus', (to) => ({
    requests: new Counter({
      name: 'coredns_dns_requests_total',
      help: 'Questions, by what was asked.',
      labelNames: ['server', 'zone', 'proto', 'family', 'type'],
      registers: [to],
    }),
    responses: new Counter({
      name: 'coredns_dns_responses_total',
      help: 'Answers, by how they ended.',
      labelNames: ['server', 'zone', 'rcode'],
      registers: [to],
    }),
    duration: new Histogram({
      name: 'coredns_dns_request_duration_seconds',
      help: 'How long answers took.',
      labelNames: ['server', 'zone'],
      buckets: [0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.064, 0.256, 1.024, 4.096],
      registers: [to],
    }),
  }));
  serveHttp(directive.args[0] ?? ':9153', '/metrics', async () => ({
    code: 200,
    body: await registry.metrics(),
    contentType: registry.contentType,
  }));
  return {
    name: 'prometheus',
    handle(query, next) {
      const zone = zones.find((z) => isWithin(query.name, z)) ?? '.';
      const type = typeName(query.question.type);
      const family = query.client.address.includes(':') ? '2' : '1';
      requests.inc({
        server,
        zone,
        proto: query.client.protocol,
        family,
        type: known.has(type) ? type : 'other',
      });
      const startMs = clock.now();
      return mapReply(next(query), (reply) => {
        responses.inc({ server, zone, rcode: rcodeName(reply.rcode) });
        duration.observe({ server, zone }, (clock.now() - startMs) / 1000);
        return reply;
      });
    },
  };
};
