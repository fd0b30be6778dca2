import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { zoneOf } from '../../wire/name.ts';
import { rcodeName, typeLabel } from '../../wire/types.ts';
import { familiesIn } from './families.ts';

type Counting = (family: 4 | 6, size: number, bytes: number) => void;

/** `GET localhost:9153/metrics`, by CoreDNS's names. https://coredns.io/plugins/metrics/ */
export const prometheus: SetUp = (directive, context) => {
  expectNoMore(directive, 1);
  const { serveHttp, registry, server, zones, clock, metrics, neighbours } = context;
  const families = metrics('prometheus', familiesIn);
  const view = '';
  serveHttp(directive.args[0] ?? 'localhost:9153', '/metrics', async () => ({
    code: 200,
    body: await registry.metrics(),
    contentType: registry.contentType,
  }));

  /** What a question and its answer count for. */
  function talliesOf(name: string, type: number, proto: string, family: 4 | 6) {
    const zone = zoneOf(name, zones) ?? 'dropped';
    return {
      requests: families.requests({
        server,
        zone,
        view,
        proto,
        family: family === 6 ? '2' : '1',
        type: typeLabel(type),
      }),
      requestSize: families.requestSize({ server, zone, view, proto }),
      responseSize: families.responseSize({ server, zone, view, proto }),
      duration: families.duration({ server, zone, view }),
      responses: (rcode: string, plugin: string) => families.responses({ server, zone, view, rcode, plugin }),
      wantSignatures: () => families.wantSignatures({ server, zone, view }),
    };
  }

  /** Of kept answers there are many, of their labels few. */
  const countings = new Map<string, Counting>();
  function countingOf(zone: string, type: number, rcode: string, by: string): Counting {
    const key = `${zone} ${type} ${rcode} ${by}`;
    const known = countings.get(key);
    if (known) return known;
    const [ipv4, ipv6] = [talliesOf(zone, type, 'udp', 4), talliesOf(zone, type, 'udp', 6)];
    const { requestSize, responseSize, duration } = ipv4;
    const responses = ipv4.responses(rcode, by);
    const made: Counting = (family, size, bytes) => {
      (family === 4 ? ipv4 : ipv6).requests.count++;
      requestSize.observe(size);
      responses.count++;
      responseSize.observe(bytes);
      duration.observeLeast();
    };
    countings.set(key, made);
    return made;
  }

  return {
    name: 'prometheus',
    handle(query, next) {
      const { client, name, question, message, size } = query;
      const family = client.address.includes(':') ? 6 : 4;
      const tallies = talliesOf(name, question.type, client.protocol, family);
      tallies.requests.count++;
      tallies.requestSize.observe(size);
      if (message.edns?.dnssecOk) tallies.wantSignatures().count++;
      const startMs = clock.now();
      query.whenSent.push((reply, bytes) => {
        tallies.responses(rcodeName(reply.rcode), reply.notes?.by ?? '').count++;
        tallies.responseSize.observe(bytes);
        tallies.duration.observe((clock.now() - startMs) / 1000);
      });
      try {
        return next(query);
      } catch (err) {
        families.panics.inc();
        throw err;
      }
    },
    again({ name, question, size }, reply) {
      const by = reply.notes?.by ?? '';
      const count = countingOf(zoneOf(name, zones) ?? 'dropped', question.type, rcodeName(reply.rcode), by);
      return (bytes, family) => count(family, size, bytes.length);
    },
    start() {
      for (const zone of zones)
        for (const plugin of neighbours()) families.enabled.set({ server, zone, view, name: plugin.name }, 1);
    },
  };
};
