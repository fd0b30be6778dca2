import { randomInt } from 'node:crypto';
import { bracketed } from '../../../lib/ip.ts';
import type { Query, SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { questionMessage, replyTo } from '../../wire/message.ts';
import { rcode, recordType } from '../../wire/types.ts';

/** More than so many of our own probe and the upstreams lead back to us. */
const enough = 2;
const probingMs = 30_000;

/**
 * Asks the upstreams once for a name that nobody has. If the question comes back here, forwarding goes in a circle:
 * the process ends with an explanation instead of eating the machine. https://coredns.io/plugins/loop/
 */
export const loop: SetUp = (directive, { zones, resolve, log, clock, end }) => {
  expectNoMore(directive, 0);
  const [zone = '.'] = zones;
  const probe = `${randomInt(2 ** 47)}.${randomInt(2 ** 47)}.${zone === '.' ? '' : zone}`;
  const over = new AbortController();
  let seen = 0;
  let isProbing = false;
  return {
    name: 'loop',
    handle(query, next) {
      if (!isProbing || query.name !== probe || query.question.type !== recordType.HINFO) return next(query);
      if (++seen <= enough) return next(query);
      isProbing = false;
      const { address, port } = query.client;
      log.error(
        { plugin: 'loop' },
        `Loop (${bracketed(address)}:${port}) detected for zone "${zone}": the upstreams lead back here; name others in the Corefile. Query: "HINFO ${probe}"`,
      );
      end();
      return replyTo(query.message, rcode.SERVFAIL);
    },
    again: () => undefined,
    start() {
      isProbing = true;
      // What becomes of the probe does not matter: nobody has the name.
      void (async () => resolve(queryFor(probe)))().catch(() => {});
      void clock.sleep(probingMs, over.signal).then(() => {
        isProbing = false;
      });
    },
    stop: () => over.abort(),
  };
};

function queryFor(name: string): Query {
  const message = questionMessage(randomInt(65_536), name, recordType.HINFO);
  const [question] = message.questions as [Query['question']];
  return {
    message,
    question,
    name,
    client: { address: '127.0.0.1', port: 0, protocol: 'udp' },
    size: 0,
    whenSent: [],
  };
}
