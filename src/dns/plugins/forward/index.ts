import { readFileSync } from 'node:fs';
import type { Next, Plugin, Query, Reply, SetUp, SetUpContext } from '../../contract.ts';
import { ownUdpSize } from '../../server/answer.ts';
import { type Message, noted, replyTo } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { rcode, rcodeName } from '../../wire/types.ts';
import type { SecureOptions } from './connections.ts';
import { exchange } from './exchange.ts';
import { untilHealthy } from './health.ts';
import { metricsIn } from './metrics.ts';
import { type Options, optionsOf } from './options.ts';
import { answered, failed, inOrder, type Upstream, upstreamsOf } from './upstreams.ts';

/** How long one upstream may take, and all of them together. */
const timeoutMs = 2_000;
const deadlineMs = 5_000;

/** Asks other servers, one after the other until one answers. */
export const forward: SetUp = (directive, context) => {
  const { clock, log, random, metrics, pathOf, neighbours } = context;
  const options = optionsOf(directive, (path) => readFileSync(path, 'utf8'));
  const upstreams = upstreamsOf(options, clock, secureOf(options, pathOf));
  const counts = metrics('forward', metricsIn);
  const stopped = new AbortController();
  let turn = 0;
  let underWay = 0;

  function down(upstream: Upstream): void {
    log.warn({ plugin: 'forward', upstream: nameOf(upstream) }, 'an upstream is down');
    void untilHealthy(upstream, options, clock, stopped.signal, () =>
      counts.healthFailures.inc({ proxy_name: 'forward', to: nameOf(upstream) }),
    );
  }

  /** One upstream's answer, or why there is none. */
  async function tried(query: Query, upstream: Upstream, leftMs: number): Promise<Message | Error> {
    const timer = new AbortController();
    const late = new AbortController();
    const startMs = clock.now();
    void clock.sleep(Math.min(timeoutMs, leftMs), timer.signal).then(() => late.abort());
    try {
      const protocol = protocolOf(options.protocol, query);
      const answer = await exchange(questionOf(query), upstream, protocol, late.signal);
      answered(upstream);
      counts.duration.observe(
        { proxy_name: 'forward', to: nameOf(upstream), rcode: rcodeName(answer.rcode) },
        (clock.now() - startMs) / 1000,
      );
      return noted(replyOf(query, answer), { by: 'forward' });
    } catch (err) {
      if (failed(upstream, options.maxFails)) down(upstream);
      log.debug({ upstream: nameOf(upstream), name: query.name, err: String(err) }, 'an upstream failed');
      return err instanceof Error ? err : new Error(String(err));
    } finally {
      timer.abort();
    }
  }

  async function ask(query: Query): Promise<Message> {
    const startMs = clock.now();
    let last: Message | undefined;
    let why: Error | undefined;
    const order = inOrder(upstreams, options.policy, turn++, random);
    for (const upstream of options.maxAttempts > 0 ? order.slice(0, options.maxAttempts) : order) {
      const leftMs = startMs + deadlineMs - clock.now();
      if (leftMs <= 0) break;
      const reply = await tried(query, upstream, leftMs);
      if (reply instanceof Error) why = reply;
      else if (options.failover.has(reply.rcode)) last = reply;
      else return reply;
    }
    if (last) return last;
    throw why ?? new Error('no upstream was asked');
  }

  function answer(query: Query, next: Next): Reply {
    if (upstreams.length === 0) return noted(replyTo(query.message, rcode.SERVFAIL), { by: 'forward' });
    if (upstreams.every(({ isDown }) => isDown)) {
      counts.allDown.inc();
      if (options.failFast) return replyTo(query.message, rcode.SERVFAIL);
    }
    if (options.maxConcurrent > 0 && underWay >= options.maxConcurrent) {
      counts.tooMany.inc();
      return replyTo(query.message, rcode.REFUSED);
    }
    underWay++;
    const asked = ask(query).finally(() => {
      underWay--;
    });
    return asked.then((reply) => (mayBeBettered(reply) && isFollowed() ? next(query) : reply));
  }

  const mayBeBettered = ({ rcode: code, answers }: Message): boolean =>
    options.next.has(code) || (options.nextOnNoData && code === rcode.NOERROR && answers.length === 0);

  /** Only by another `forward`: nobody else asks the same question. */
  function isFollowed(): boolean {
    const all = neighbours();
    return all[all.indexOf(plugin) + 1]?.name === 'forward';
  }

  const plugin: Plugin = {
    name: 'forward',
    handle(query, next) {
      const isOurs =
        options.from.some((zone) => isWithin(query.name, zone)) &&
        !options.except.some((zone) => isWithin(query.name, zone));
      return isOurs ? answer(query, next) : next(query);
    },
    again: () => undefined,
    start() {
      const [from = '', ...to] = directive.args;
      if (upstreams.length === 0)
        log.warn(
          { from },
          `forward: ${to.join(' ')} has no nameserver; every question for ${from} is answered SERVFAIL`,
        );
    },
    stop() {
      stopped.abort();
      for (const { connections } of upstreams) connections.close();
    },
  };
  return plugin;
};

const nameOf = ({ address, port }: Upstream): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** `tls`, `tls CA`, `tls CERT KEY`, `tls CERT KEY CA`. */
function secureOf({ tls: { files, serverName } }: Options, pathOf: SetUpContext['pathOf']): SecureOptions {
  const [cert, key, ca] = files.length === 1 ? [undefined, undefined, files[0]] : files;
  const read = (file: string) => readFileSync(pathOf(file));
  return {
    ...(cert !== undefined && { cert: read(cert) }),
    ...(key !== undefined && { key: read(key) }),
    ...(ca !== undefined && { ca: read(ca) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

function protocolOf(wanted: Options['protocol'], { client }: Query): 'udp' | 'tcp' {
  if (wanted === 'as asked') return client.protocol;
  return wanted === 'force tcp' ? 'tcp' : 'udp';
}

/** The client's own, but with our size: options and cookies are between two neighbours (RFC 6891 section 6.2.6). */
function questionOf({ message, upstreamOptions = [] }: Query): Message {
  const { edns, ...plain } = message;
  const dnssecOk = edns?.dnssecOk === true;
  const hasEdns = edns !== undefined || upstreamOptions.length > 0;
  return {
    ...plain,
    answers: [],
    authorities: [],
    additionals: [],
    ...(hasEdns && { edns: { udpSize: ownUdpSize, version: 0, dnssecOk, options: upstreamOptions } }),
  };
}

const replyOf = ({ message }: Query, answer: Message): Message => ({
  ...answer,
  id: message.id,
  questions: message.questions,
  recursionDesired: message.recursionDesired,
});
