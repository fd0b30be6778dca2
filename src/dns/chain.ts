/** Plugins one behind the other; what none of them answers is refused. */
import type { Next, Plugin, Query, Reply } from './contract.ts';
import { replyTo } from './wire/message.ts';
import { rcode } from './wire/types.ts';

export function chain(plugins: readonly Plugin[]): Next {
  const refuse: Next = (query) => replyTo(query.message, rcode.REFUSED);
  return plugins.reduceRight<Next>((next, plugin) => {
    if (!plugin.handle) return next;
    const handle = plugin.handle.bind(plugin);
    return (query) => handle(query, next);
  }, refuse);
}

/** Looks at a reply, now or when it is there. */
export function mapReply(reply: Reply, change: (message: Awaited<Reply>) => Awaited<Reply>): Reply {
  return reply instanceof Promise ? reply.then(change) : change(reply);
}

/** A question of our own, for plugins that look something up. */
export const askFor = (query: Query, name: string, type: number): Query => ({
  ...query,
  hops: (query.hops ?? 0) + 1,
  name: name.toLowerCase(),
  question: { name, type, class: query.question.class },
  message: { ...query.message, questions: [{ name, type, class: query.question.class }] },
});
