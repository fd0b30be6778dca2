import { Counter } from 'prom-client';
import { mapReply } from '../../chain.ts';
import type { Query, SetUp } from '../../contract.ts';
import type { Message } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { keepable } from './keep.ts';
import { optionsOf } from './options.ts';
import { store, withTtl } from './store.ts';

/** Keeps answers, and the knowledge that there is none, for as long as they allow and no longer than it is told. */
export const cache: SetUp = (directive, { zones, clock, metrics, server }) => {
  const options = optionsOf(directive, zones);
  const stores = { success: store(options.success.capacity), denial: store(options.denial.capacity) };
  const { hits, misses } = metrics('cache', (to) => ({
    hits: new Counter({
      name: 'coredns_cache_hits_total',
      help: 'Questions answered from the cache.',
      labelNames: ['server', 'type'],
      registers: [to],
    }),
    misses: new Counter({
      name: 'coredns_cache_misses_total',
      help: 'Questions that the cache had no answer for.',
      labelNames: ['server'],
      registers: [to],
    }),
  }));

  const keep = (key: string, query: Query, reply: Message): Message => {
    const found = keepable(reply);
    if (!found) return reply;
    const { maxTtl, minTtl, disabled } = options[found.sort];
    if (disabled.some((zone) => isWithin(query.name, zone))) return reply;
    const ttl = Math.min(maxTtl, Math.max(minTtl, found.ttl));
    stores[found.sort].put(key, reply, ttl, clock.now());
    return withTtl(reply, ttl);
  };

  return {
    name: 'cache',
    handle(query, next) {
      if (!options.zones.some((zone) => isWithin(query.name, zone))) return next(query);
      const key = keyOf(query);
      for (const type of ['success', 'denial'] as const) {
        const known = stores[type].get(key, clock.now());
        if (!known) continue;
        hits.inc({ server, type });
        return asAsked(known, query);
      }
      misses.inc({ server });
      return mapReply(next(query), (reply) => keep(key, query, reply));
    },
  };
};

/** Signatures are in an answer or not as the question asks (RFC 6840 section 5.9 for CD). */
const keyOf = ({ name, question, message }: Query): string =>
  `${question.type} ${question.class} ${message.edns?.dnssecOk ? 'DO' : ''} ${message.checkingDisabled ? 'CD' : ''} ${name}`;

/** With the id, the flags and the spelling of this question. It is not authoritative: it comes from memory. */
function asAsked(known: Message, { message, question, name }: Query): Message {
  const spelt = known.answers.map((r) => (r.name.toLowerCase() === name ? { ...r, name: question.name } : r));
  return {
    ...known,
    id: message.id,
    recursionDesired: message.recursionDesired,
    checkingDisabled: message.checkingDisabled,
    authoritative: false,
    questions: message.questions,
    answers: spelt,
  };
}
