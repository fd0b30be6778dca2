import { mapReply } from '../../chain.ts';
import type { Next, Query, Reply, SetUp } from '../../contract.ts';
import { type Message, noted } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { rcode } from '../../wire/types.ts';
import { keepable, type Sort } from './keep.ts';
import { metricsIn } from './metrics.ts';
import { optionsOf } from './options.ts';
import { type Item, store, withTtl } from './store.ts';

const sorts = ['success', 'denial'] as const;

/** Keeps answers, and the knowledge that there is none, for as long as they allow and no longer than it is told. */
export const cache: SetUp = (directive, { zones, clock, metrics, server }) => {
  const options = optionsOf(directive, zones);
  const { prefetch, serveStale, servfailTtl, keepttl } = options;
  const staleMs = serveStale?.forMs ?? 0;
  const stores = {
    success: store(options.success.capacity, staleMs),
    denial: store(options.denial.capacity, staleMs),
  };
  const counts = metrics('cache', metricsIn);
  const labels = { server, zones: options.zones.join(','), view: '' };

  const keep = (key: string, query: Query, reply: Message): Message => {
    const found = keepable(reply, servfailTtl);
    if (!found) return reply;
    const { sort } = found;
    // What is known now takes the place of what was, also of the other sort; a failure says nothing of it.
    if (!found.isFailure) for (const each of sorts) if (each !== sort) stores[each].drop(key);
    const { maxTtl, minTtl, disabled } = options[sort];
    if (disabled.some((zone) => isWithin(query.name, zone))) return reply;
    const ttl = found.isFailure ? found.ttl : Math.min(maxTtl, Math.max(minTtl, found.ttl));
    const { notes: _notes, ...message } = reply;
    if (stores[sort].put(key, message, ttl, clock.now())) counts.evictions.inc({ ...labels, type: sort });
    counts.entries.set({ ...labels, type: sort }, stores[sort].size);
    return found.isFailure ? reply : withTtl(reply, ttl);
  };

  /** Asks behind the asker's back; what comes of it shows in the next answer. */
  function refresh(key: string, query: Query, item: Item, next: Next): void {
    if (item.isRefreshing) return;
    item.isRefreshing = true;
    const again = async () => keep(key, query, await next({ ...query, whenSent: [] }));
    void again()
      .catch(() => {})
      .finally(() => {
        item.isRefreshing = false;
      });
  }

  /** An answer that is over: given while, or only if, there is none that is fresh. */
  function stale(key: string, query: Query, item: Item, next: Next, verify: boolean): Reply {
    const old = () => {
      counts.stale.inc(labels);
      return asAsked(item, query, 0);
    };
    if (!verify) {
      refresh(key, query, item, next);
      return old();
    }
    const fresh = async () => next(query);
    return fresh().then((reply) => (reply.rcode === rcode.SERVFAIL ? old() : keep(key, query, reply)), old);
  }

  function known(key: string, query: Query, sort: Sort, item: Item, next: Next): Reply {
    const nowMs = clock.now();
    counts.hits.inc({ ...labels, type: sort });
    if (item.untilMs <= nowMs) return stale(key, query, item, next, serveStale?.verify === true);
    if (prefetch && isPopular(item, prefetch, nowMs)) {
      counts.prefetch.inc(labels);
      refresh(key, query, item, next);
    }
    return asAsked(item, query, Math.ceil(((keepttl ? item.fromMs : nowMs) - item.untilMs) / -1000));
  }

  return {
    name: 'cache',
    handle(query, next) {
      if (!options.zones.some((zone) => isWithin(query.name, zone))) return next(query);
      const key = keyOf(query);
      counts.requests.inc(labels);
      for (const sort of sorts) {
        const item = stores[sort].get(key, clock.now());
        // Only what was true once is worth more than nothing.
        const isOver = item !== undefined && item.untilMs <= clock.now();
        if (item && !(isOver && item.message.rcode === rcode.SERVFAIL))
          return known(key, query, sort, item, next);
      }
      counts.misses.inc(labels);
      return mapReply(next(query), (reply) => keep(key, query, reply));
    },
    again: () => undefined,
  };
};

function isPopular(
  { asked, fromMs, untilMs }: Item,
  { amount, withinMs, fraction }: { amount: number; withinMs: number; fraction: number },
  nowMs: number,
): boolean {
  asked.count = nowMs - asked.lastMs > withinMs ? 1 : asked.count + 1;
  asked.lastMs = nowMs;
  // In whole seconds, as ttls are: of a short life the last one.
  const lastMs = Math.ceil(((untilMs - fromMs) * fraction) / 1000) * 1000;
  return asked.count >= amount && untilMs - nowMs <= lastMs;
}

/** Signatures are in an answer or not as the question asks (RFC 6840 section 5.9 for CD). */
const keyOf = ({ name, question, message }: Query): string =>
  `${question.type} ${question.class} ${message.edns?.dnssecOk ? 'DO' : ''} ${message.checkingDisabled ? 'CD' : ''} ${name}`;

/** With the id, the flags and the spelling of this question. It is not authoritative: it comes from memory. */
function asAsked(item: Item, { message, question, name }: Query, ttl: number): Message {
  const reply = withTtl(item.message, ttl);
  const spelt = reply.answers.map((r) => (r.name.toLowerCase() === name ? { ...r, name: question.name } : r));
  return noted(
    {
      ...reply,
      id: message.id,
      recursionDesired: message.recursionDesired,
      checkingDisabled: message.checkingDisabled,
      authoritative: false,
      questions: message.questions,
      answers: spelt,
    },
    { by: 'cache' },
  );
}
