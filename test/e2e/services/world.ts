/** One cluster of two nodes for every subject of Services, with pods that answer and places to call from. */
import type { Node, Service } from '../../../src/api/types.ts';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { answering, type Peer, peers } from '../../support/peers.ts';
import { apply, podOf, ready } from '../../support/pods.ts';
import { answerTcp, call, type Listener, type Target } from '../../support/sockets.ts';

const name = 'e2e-services';

export interface World extends TestCluster {
  /** The first node has `client`, `onHost` (on the host's network) and `one`; the second has `two`. */
  nodes: [string, string];
  client: Peer;
  onHost: Peer;
  /** The endpoints of most Services. */
  one: Peer;
  two: Peer;
  /** Network namespace of the first node. */
  node: string;
  /** Network namespace of the LAN. */
  lan: string;
  /** What a client on the LAN has, IPv4 first. */
  lanIPs: string[];
  /** InternalIPs of a node, IPv4 first. */
  ips(node: string): [string, string];
}

let starting: Promise<World> | undefined;
export const world = (): Promise<World> => (starting ??= start());

/** For the end: what listens keeps the process from ending. */
const listeners: Listener[] = [];

export async function endWorld(): Promise<void> {
  for (const { close } of listeners) close();
  await (await starting)?.down();
}

/** Each answers until the end with its name and the address that it sees. */
export async function answer(of: readonly Peer[], on: Parameters<typeof answering>[1]): Promise<Listener> {
  const listener = await answering(of, on);
  listeners.push(listener);
  return listener;
}

/** Behind these ports stand `one` and `two`; a port's name means another number in each of them. */
export const ports = {
  http: { name: 'http', port: 80, targetPort: 'http' },
  echo: { name: 'echo', port: 53, targetPort: 'echo', protocol: 'UDP' },
  echoTcp: { name: 'echo-tcp', port: 53, targetPort: 5300 },
};

const web = (own: string, node: string, port: number) =>
  podOf({
    name: own,
    node,
    labels: { tier: 'web' },
    script: 'sleep infinity',
    container: {
      ports: [
        { name: 'http', containerPort: port },
        { name: 'echo', containerPort: 5353, protocol: 'UDP' },
      ],
    },
  });

/** Of `one` and `two`, on port 80, unless it says otherwise. */
export const serviceOf = (own: string, spec: object): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: own },
    spec: { selector: { tier: 'web' }, ports: [ports.http], ipFamilyPolicy: 'RequireDualStack', ...spec },
  }) as Service;

async function start(): Promise<World> {
  const cluster = await startCluster({ name, nodes: 2 });
  const { kubectl, lanNetns: lan } = cluster;
  const [first, second] = [`${name}-1`, `${name}-2`] as const;
  await apply(
    kubectl,
    podOf({ name: 'client', node: first, script: 'sleep infinity' }),
    podOf({ name: 'on-host', node: first, script: 'sleep infinity', spec: { hostNetwork: true } }),
    web('one', first, 8080),
    web('two', second, 8081),
  );
  const [client, onHost, one, two] = (await peers(kubectl, 'client', 'on-host', 'one', 'two')) as [
    Peer,
    Peer,
    Peer,
    Peer,
  ];
  await answer([one], { tcp: [8080] });
  await answer([two], { tcp: [8081] });
  await answer([one, two], { tcp: [5300], udp: [5353] });
  const addresses = await internalIPs(cluster);
  const node = cluster.nodeNetns(first);
  const ips = (of: string) => addresses.get(of) ?? ['', ''];
  const lanIPs = await seenFrom(lan, node, ips(first));
  await ready(kubectl, 'one', 'two', 'client', 'on-host');
  return { ...cluster, nodes: [first, second], client, onHost, one, two, node, lan, lanIPs, ips };
}

async function internalIPs({ kubectl }: TestCluster): Promise<Map<string, [string, string]>> {
  const { items } = await kubectl.json<{ items: Node[] }>('get', 'nodes');
  return new Map(
    items.map(({ metadata, status }) => {
      const ips = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
      return [metadata.name, ips.map(({ address }) => address) as [string, string]];
    }),
  );
}

/** The addresses under which a place calls these of another. */
async function seenFrom(place: string, other: string, addresses: readonly string[]): Promise<string[]> {
  const listener = await answerTcp(other, 7, 'other');
  const seen: string[] = [];
  for (const address of addresses) seen.push((await call(place, { address, port: 7 })).split(' ')[1] ?? '');
  listener.close();
  return seen;
}

/** All different answers to so many calls that each of a few endpoints is met; nothing for `from` is the host itself. */
export async function answers(
  from: string | undefined,
  to: Target,
  times = 32,
  waitMs?: number,
): Promise<string[]> {
  const seen = new Set<string>();
  const options = waitMs === undefined ? {} : { waitMs };
  for (let n = 0; n < times; n++) seen.add(await call(from, to, options));
  return [...seen].sort();
}

/** IPv4 first. */
export const clusterIPsOf = async (at: World, own: string): Promise<string[]> =>
  (await at.kubectl.json<Service>('get', 'service', own)).spec?.clusterIPs ?? [];
