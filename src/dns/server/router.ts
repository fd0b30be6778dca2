/** Which server block answers a name: the one with the longest zone that the name is in. */
import type { Next } from '../contract.ts';
import { replyTo } from '../wire/message.ts';
import { suffixesOf } from '../wire/name.ts';
import { rcode } from '../wire/types.ts';

/** By zone, canonical; all of one port. Names in no zone are refused. */
export function route(zones: ReadonlyMap<string, Next>): Next {
  const root = zones.get('.');
  const refuse: Next = ({ message }) => replyTo(message, rcode.REFUSED);
  if (zones.size === 1 && root) return root;
  return (query) => {
    for (const suffix of suffixesOf(query.name)) {
      const next = zones.get(suffix);
      if (next) return next(query);
    }
    return (root ?? refuse)(query);
  };
}
