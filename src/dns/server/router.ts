/** Which server block answers a name: the one with the longest zone that the name is in. */
import type { Next } from '../contract.ts';
import { replyTo } from '../wire/message.ts';
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

/** `a.b.`, `b.`; an escaped dot ends no label. */
function* suffixesOf(name: string): Iterable<string> {
  for (let start = 0; start < name.length; start++) {
    yield name.slice(start);
    while (start < name.length && name[start] !== '.') start += name[start] === '\\' ? 2 : 1;
  }
}
