import { networkInterfaces } from 'node:os';
import { askFor, mapReply } from '../../chain.ts';
import type { Query, Reply, SetUp, SetUpContext } from '../../contract.ts';
import { CorefileError } from '../../corefile/parse.ts';
import { cnameRecord, type Message, replyTo } from '../../wire/message.ts';
import { canonical, isWithin } from '../../wire/name.ts';
import { rcode, recordType } from '../../wire/types.ts';
import type { Asked, Found } from './found.ts';
import { ownAddresses } from './nameservers.ts';
import { optionsOf } from './options.ts';
import { type Cluster, lookUp, startOfAuthority } from './records.ts';
import { follow } from './view.ts';

/** Answers for Services, endpoints and pods of a cluster, from what was last heard of it. */
export const kubernetes: SetUp = (directive, context) => {
  const { zones, pods, ttl, fallthrough } = optionsOf(directive, context.zones);
  const domain = zones.find((zone) => !zone.endsWith('.arpa.'));
  if (domain === undefined || domain === '.')
    throw new CorefileError(
      directive.line,
      'kubernetes: it needs the zone of the cluster, such as cluster.local',
    );
  const view = context.shared('kubernetes', (signal) =>
    follow(context.client(), () => context.clock.now(), signal),
  );
  if (pods === 'verified') view.watchPods();
  const cluster: Cluster = { view, domain, pods, nameServers: () => ownAddresses(view, networkInterfaces()) };
  // The longest first: the most specific zone answers.
  const byLength = zones.toSorted((a, b) => b.length - a.length);
  return {
    name: 'kubernetes',
    notReady: () => (view.hasSynced() ? undefined : 'the cluster has not been read yet'),
    handle(query, next) {
      const zone = byLength.find((z) => isWithin(query.name, z));
      if (zone === undefined) return next(query);
      const { name, type } = query.question;
      const asked: Asked = { name, canonical: query.name, type, zone, ttl };
      const found = lookUp(cluster, asked);
      if (found) return answer(found, query, asked, cluster, context);
      // Nothing is known not to exist before everything was read once.
      if (!view.hasSynced()) return replyTo(query.message, rcode.SERVFAIL);
      if (fallthrough.some((z) => isWithin(query.name, z))) return next(query);
      return negative(replyTo(query.message, rcode.NXDOMAIN), cluster, asked);
    },
  };
};

function answer(
  found: NonNullable<Found>,
  query: Query,
  asked: Asked,
  cluster: Cluster,
  context: SetUpContext,
): Reply {
  const reply: Message = { ...replyTo(query.message), authoritative: true };
  if ('alias' in found) return followed(reply, found.alias, query, asked, context);
  if (found.answers.length === 0) return negative(reply, cluster, asked);
  reply.answers = found.answers;
  if (found.additionals) reply.additionals = found.additionals;
  return reply;
}

const negative = (reply: Message, cluster: Cluster, asked: Asked): Message => ({
  ...reply,
  authoritative: true,
  authorities: [startOfAuthority(cluster, asked)],
});

/** The alias, and what the whole server says of the name behind it; its code is the last name's (RFC 6604 section 3). */
function followed(
  reply: Message,
  alias: string,
  query: Query,
  asked: Asked,
  { resolve }: SetUpContext,
): Reply {
  const target = canonical(alias);
  const cname = cnameRecord(asked.name, asked.ttl, target);
  if (asked.type === recordType.CNAME) return { ...reply, answers: [cname] };
  return mapReply(resolve(askFor(query, target, asked.type)), (behind) => ({
    ...reply,
    rcode: behind.rcode,
    answers: [cname, ...behind.answers],
    authorities: behind.authorities,
  }));
}
