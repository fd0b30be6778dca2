/** Plugins one behind the other; what none of them answers is refused. */
import type { Again, Next, Plugin, Query, Reply } from './contract.ts';
import { type Message, replyTo } from './wire/message.ts';
import { rcode, recordClass } from './wire/types.ts';

export function chain(plugins: readonly Plugin[]): Next {
  const refuse: Next = (query) => replyTo(query.message, rcode.REFUSED);
  const first = plugins.reduceRight<Next>((next, plugin) => {
    if (!plugin.handle) return next;
    const handle = plugin.handle.bind(plugin);
    return (query) => handle(query, next);
  }, refuse);
  const knowsChaos = plugins.some((plugin) => plugin.knowsChaos);
  const ask: Next = (query) =>
    query.question.class === recordClass.IN || knowsChaos ? first(query) : refuse(query);
  const passed = plugins.filter((plugin) => plugin.handle !== undefined);
  if (!passed.every((plugin) => plugin.again !== undefined)) return ask;
  return (query) => {
    const reply = ask(query);
    return reply instanceof Promise || !reply.notes?.lasting ? reply : repeatable(passed, query, reply);
  };
}

/** An answer that lasts, with what each plugin does when it is given again. */
function repeatable(plugins: readonly Plugin[], query: Query, reply: Message): Message {
  const all = plugins.flatMap((plugin) => plugin.again?.(query, reply) ?? []);
  return { ...reply, notes: { ...reply.notes, again: inOrder(all) } };
}

function inOrder(all: readonly Again[]): Again {
  const [first, second, ...more] = all;
  if (!first) return () => {};
  if (!second) return first;
  return (bytes, family) => {
    first(bytes, family);
    second(bytes, family);
    for (const again of more) again(bytes, family);
  };
}

/** Looks at a reply, now or when it is there. */
export function mapReply(reply: Reply, change: (message: Awaited<Reply>) => Awaited<Reply>): Reply {
  return reply instanceof Promise ? reply.then(change) : change(reply);
}

/** The same question with another name or type, as a client would have asked it. */
export function askedAs(query: Query, question: Query['question']): Query {
  return {
    ...query,
    question,
    name: question.name.toLowerCase(),
    message: { ...query.message, questions: [question] },
  };
}

/** A question of our own, for plugins that look something up. */
export const askFor = (query: Query, name: string, type: number): Query => ({
  ...askedAs(query, { name, type, class: query.question.class }),
  hops: (query.hops ?? 0) + 1,
  whenSent: [],
});
