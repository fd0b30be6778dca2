import { networkInterfaces } from 'node:os';
import { askFor, mapReply } from '../../chain.ts';
import type { Query, Reply, SetUp, SetUpContext } from '../../contract.ts';
import { CorefileError } from '../../corefile/parse.ts';
import { cnameRecord, type Message, noted, replyTo } from '../../wire/message.ts';
import { canonical, isWithin, zoneOf } from '../../wire/name.ts';
import { rcode, recordClass, recordType } from '../../wire/types.ts';
import { endpointOf } from './endpoint.ts';
import type { Asked, Found } from './found.ts';
import { programmingDuration } from './metrics.ts';
import { ownAddresses } from './nameservers.ts';
import { type Options, optionsOf } from './options.ts';
import { type Cluster, lookUp, startOfAuthority } from './records.ts';
import { searchPathFor } from './searchPath.ts';
import { type Followed, follow } from './view.ts';

/** Answers for Services, endpoints and pods of a cluster, from what was last heard of it. */
export const kubernetes: SetUp = (directive, context) => {
  const options = optionsOf(directive, context.zones);
  const { zones, pods, ttl, fallthrough, multicluster } = options;
  const domain = zones.find((zone) => !zone.endsWith('.arpa.') && !multicluster.includes(zone));
  if (domain === undefined || domain === '.')
    throw new CorefileError(
      directive.line,
      'kubernetes: it needs the zone of the cluster, such as cluster.local',
    );
  const view = viewOf(options, context);
  if (pods === 'verified') view.watchPods();
  const stopped = new AbortController();
  const nameServers = () => ownAddresses(view, networkInterfaces());
  const ignoreEmpty = options.ignoreEmptyService;
  const own: Cluster = { view, domain, version: '1.1.0', pods, ignoreEmpty, nameServers };
  const imports = multicluster.length > 0 ? viewOf({ ...options, imports: true }, context) : view;
  const others = (zone: string): Cluster => ({
    ...{ view: imports, domain: zone, version: '1.0.0' },
    ...{ pods: 'disabled', ignoreEmpty, nameServers },
  });
  const hasSynced = () => view.hasSynced() && imports.hasSynced();
  return {
    name: 'kubernetes',
    notReady: () => (hasSynced() ? undefined : 'the cluster has not been read yet'),
    searchPath: searchPathFor(view, domain),
    handle(query, next) {
      const zone = zoneOf(query.name, zones);
      if (zone === undefined || query.question.class !== recordClass.IN) return next(query);
      const [cluster, seen] = multicluster.includes(zone) ? [others(zone), imports] : [own, view];
      const { name, type } = query.question;
      const asked: Asked = { name, canonical: query.name, type, zone, ttl };
      const found = lookUp(cluster, asked);
      if (found) return answer(found, query, asked, cluster, context);
      // Nothing is known not to exist before everything was read once.
      if (!seen.hasSynced()) return replyTo(query.message, rcode.SERVFAIL);
      if (fallthrough.some((z) => isWithin(query.name, z))) return next(query);
      return negative(replyTo(query.message, rcode.NXDOMAIN), cluster, asked);
    },
    again: () => undefined,
    async whenReady() {
      const over = new AbortController();
      const signal = AbortSignal.any([stopped.signal, over.signal]);
      const synced = Promise.all([view.whenSynced(), imports.whenSynced()]);
      await Promise.race([synced, context.clock.sleep(options.startupTimeoutMs, signal)]);
      over.abort();
    },
    start: () => void warnOfWaiting(hasSynced, context, stopped.signal),
    stop: () => stopped.abort(),
  };
};

const patienceMs = 5_000;

/** A cluster that cannot be reached is not seen from the answers alone. */
async function warnOfWaiting(
  hasSynced: () => boolean,
  { clock, log }: SetUpContext,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(patienceMs, signal);
  if (!signal.aborted && !hasSynced())
    log.warn(
      { plugin: 'kubernetes' },
      'the Kubernetes API has not been read yet; names that are not known are answered SERVFAIL',
    );
}

/** One for all server blocks that look at the same part of the same cluster, also of the next Corefile. */
function viewOf(
  options: Options & { imports?: boolean },
  { shared, client, clock, pathOf, metrics }: SetUpContext,
): Followed {
  const {
    target,
    namespaces,
    labels,
    namespaceLabels,
    noEndpoints,
    endpointPodNames,
    imports = false,
  } = options;
  const name = JSON.stringify([
    ...[target, namespaces, labels, namespaceLabels, noEndpoints, endpointPodNames, imports],
  ]);
  return shared(`kubernetes ${name}`, (signal) =>
    follow(client(endpointOf(target, pathOf)), {
      nowMs: () => clock.now(),
      signal,
      labels,
      namespaceLabels,
      only: namespaces,
      noEndpoints,
      podNames: endpointPodNames,
      imports,
      ...(!imports && { heard: metrics('kubernetes', (registry) => programmingDuration(registry, clock)) }),
    }),
  );
}

function answer(
  found: NonNullable<Found>,
  query: Query,
  asked: Asked,
  cluster: Cluster,
  context: SetUpContext,
): Reply {
  const notes = { by: 'kubernetes' };
  const reply: Message = { ...replyTo(query.message), authoritative: true, notes };
  if ('alias' in found) return followed(reply, found.alias, query, asked, context);
  if (found.answers.length === 0) return negative(reply, cluster, asked);
  // Of all types together one record is enough (RFC 8482 section 4.1): nobody is sent more than asked for.
  if (asked.type === recordType.ANY) return { ...reply, answers: found.answers.slice(0, 1) };
  const { answers, additionals = [], lasting } = found;
  return { ...reply, answers, additionals, notes: lasting ? { ...notes, lasting } : notes };
}

const negative = (reply: Message, cluster: Cluster, asked: Asked): Message =>
  noted(
    { ...reply, authoritative: true, authorities: [startOfAuthority(cluster, asked)] },
    { by: 'kubernetes' },
  );

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
