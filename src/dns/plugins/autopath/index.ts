import { readFileSync } from 'node:fs';
import { Counter } from 'prom-client';
import { askedAs } from '../../chain.ts';
import type { Asker, Next, Query, SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { CorefileError } from '../../corefile/parse.ts';
import { zonesOf } from '../../corefile/zones.ts';
import { searchDomainsOf } from '../../resolvconf.ts';
import { cnameRecord, type Message, noted } from '../../wire/message.ts';
import { isWithin } from '../../wire/name.ts';
import { rcode, recordType } from '../../wire/types.ts';

/**
 * Walks the search path in the client's place: who asks for the first of its names is told what the others would
 * have come to. https://coredns.io/plugins/autopath/
 */
export const autopath: SetUp = (directive, { zones: ofServer, neighbours, pathOf, metrics, server }) => {
  expectNoMore({ ...directive, args: [] }, 0);
  const source = directive.args.at(-1);
  if (source === undefined)
    throw new CorefileError(
      directive.line,
      'autopath: write `autopath [ZONES...] RESOLV-CONF` or `@kubernetes`',
    );
  const own = directive.args.slice(0, -1).flatMap(zonesOf);
  const zones = own.length > 0 ? own : ofServer;
  const pathFor = source.startsWith('@')
    ? pathFrom(source.slice(1), neighbours)
    : fixed(searchDomainsOf(readFileSync(pathOf(source), 'utf8')));
  const successes = metrics(
    'autopath',
    (to) =>
      new Counter({
        name: 'coredns_autopath_success_total',
        help: 'Questions that were answered with a later name of the search path.',
        labelNames: ['server'],
        registers: [to],
      }),
  );
  return {
    name: 'autopath',
    handle(query, next) {
      const { type } = query.question;
      const isAddress = type === recordType.A || type === recordType.AAAA;
      if (!isAddress || !zones.some((zone) => isWithin(query.name, zone))) return next(query);
      const path = pathFor(query.client);
      const first = path?.[0];
      if (!path || first === undefined || !query.name.endsWith(`.${first}`)) return next(query);
      const base = query.question.name.slice(0, -first.length);
      return walk(query, base, path, next, () => successes.inc({ server }));
    },
  };
};

/** The first name that exists; else what was said of the first. */
async function walk(
  query: Query,
  base: string,
  path: readonly string[],
  next: Next,
  succeeded: () => void,
): Promise<Message> {
  let first: Message | undefined;
  for (const domain of [...path, '.']) {
    const name = domain === '.' ? base : base + domain;
    const reply = await next(askedAs(query, { ...query.question, name }));
    first ??= reply;
    if (reply.rcode !== rcode.NOERROR) continue;
    if (reply === first) return reply;
    succeeded();
    return noted(aliased(query, name, reply), { by: 'autopath' });
  }
  if (!first) throw new Error('Cannot walk a search path without a name');
  return { ...first, questions: query.message.questions };
}

function aliased({ question, message }: Query, name: string, reply: Message): Message {
  const questions = message.questions;
  const [answer] = reply.answers;
  if (!answer) return { ...reply, questions };
  return { ...reply, questions, answers: [cnameRecord(question.name, answer.ttl, name), ...reply.answers] };
}

type PathFor = (client: Asker) => readonly string[] | undefined;

const fixed =
  (path: readonly string[]): PathFor =>
  () =>
    path;

/** Another plugin of the server block knows its clients. */
const pathFrom =
  (plugin: string, neighbours: () => readonly { name: string; searchPath?: PathFor }[]): PathFor =>
  (client) =>
    neighbours()
      .find(({ name }) => name === plugin)
      ?.searchPath?.(client);
