import { readFileSync } from 'node:fs';
import type { Query, SetUp } from '../../contract.ts';
import { ownUdpSize } from '../../server/answer.ts';
import { type Message, replyTo } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { rcode } from '../../wire/types.ts';
import { exchange } from './exchange.ts';
import { optionsOf } from './options.ts';
import { answered, failed, inOrder, upstreamsOf } from './upstreams.ts';

/** How long one upstream may take, and all of them together. */
const timeoutMs = 2_000;
const deadlineMs = 5_000;

/** Asks other servers, one after the other until one answers. */
export const forward: SetUp = (directive, { clock, log, random }) => {
  const options = optionsOf(directive, (path) => readFileSync(path, 'utf8'));
  const upstreams = upstreamsOf(options.to);
  let turn = 0;
  let underWay = 0;

  async function ask(query: Query): Promise<Message> {
    const startMs = clock.now();
    const protocol = protocolOf(options.protocol, query);
    for (const upstream of inOrder(upstreams, options.policy, turn++, startMs, random)) {
      const leftMs = startMs + deadlineMs - clock.now();
      if (leftMs <= 0) break;
      const timer = new AbortController();
      const late = new AbortController();
      void clock.sleep(Math.min(timeoutMs, leftMs), timer.signal).then(() => late.abort());
      try {
        const answer = await exchange(questionOf(query), upstream, protocol, late.signal);
        answered(upstream);
        return replyOf(query, answer);
      } catch (err) {
        failed(upstream, options.maxFails, clock.now());
        log.debug({ upstream: upstream.address, name: query.name, err: String(err) }, 'an upstream failed');
      } finally {
        timer.abort();
      }
    }
    throw new Error(
      `no upstream answered: ${options.to.map(({ address, port }) => `${address}:${port}`).join(', ')}`,
    );
  }

  return {
    name: 'forward',
    handle(query, next) {
      if (!isWithin(query.name, options.from)) return next(query);
      if (options.except.some((zone) => isWithin(query.name, zone))) return next(query);
      if (upstreams.length === 0) return replyTo(query.message, rcode.SERVFAIL);
      if (options.maxConcurrent > 0 && underWay >= options.maxConcurrent)
        return replyTo(query.message, rcode.REFUSED);
      underWay++;
      return ask(query).finally(() => {
        underWay--;
      });
    },
    start() {
      if (upstreams.length === 0)
        log.warn(
          { from: options.from },
          `forward: ${directive.args.slice(1).join(' ')} has no nameserver; every question for ${options.from} is answered SERVFAIL`,
        );
    },
  };
};

function protocolOf(wanted: 'as asked' | 'prefer udp' | 'force tcp', { client }: Query): 'udp' | 'tcp' {
  if (wanted === 'as asked') return client.protocol;
  return wanted === 'force tcp' ? 'tcp' : 'udp';
}

/** The client's own, but with our size: options and cookies are between two neighbours (RFC 6891 section 6.2.6). */
function questionOf({ message }: Query): Message {
  const { edns, ...plain } = message;
  return {
    ...plain,
    answers: [],
    authorities: [],
    additionals: [],
    ...(edns && { edns: { udpSize: ownUdpSize, version: 0, dnssecOk: edns.dnssecOk, options: [] } }),
  };
}

const replyOf = ({ message }: Query, answer: Message): Message => ({
  ...answer,
  id: message.id,
  questions: message.questions,
  recursionDesired: message.recursionDesired,
});
