/** Random policies and packets: the rules that are walked agree with the documentation read literally. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespace, type PolicyPod, policyPod } from '../../test/support/policies.ts';
import type { LabelSelector, NetworkPolicy } from '../api/types.ts';
import { contains, parseAddress, parseCidr } from '../lib/ip.ts';
import { apply } from '../nft/fake.ts';
import type { Ruleset } from '../nft/ruleset.ts';
import { type Host, trace } from '../nft/trace.ts';
import { PolicyState } from './state.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Peer = NonNullable<NonNullable<Spec['ingress']>[number]['from']>[number];
type Port = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>[number];

const seeds = 30;
const namespaces: Record<string, Record<string, string>> = { a: { team: 'x' }, b: { team: 'y' }, c: {} };
const outside = { ip: '10.1.0.9', pod: undefined };

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, with Knuth's numbers for 32 bits. */
function randomFrom(seed: number) {
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const pick = <T>(...choices: T[]): T => choices[below(choices.length)] as T;
  const some = <T>(make: () => T): T[] => Array.from({ length: below(3) }, make);
  return { below, pick, some };
}

function randomWorld(seed: number) {
  const { below, pick, some } = randomFrom(seed);
  const selector = (): LabelSelector =>
    pick<LabelSelector>(
      {},
      { matchLabels: { app: pick('web', 'db') } },
      { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
    );
  const ofNamespaces = (): LabelSelector =>
    pick<LabelSelector>({}, { matchLabels: { team: pick('x', 'y') } });
  const peer = (): Peer =>
    pick<() => Peer>(
      () => ({ podSelector: selector() }),
      () => ({ namespaceSelector: ofNamespaces() }),
      () => ({ namespaceSelector: ofNamespaces(), podSelector: selector() }),
      () => ({ ipBlock: { cidr: pick('10.0.0.0/8', '0.0.0.0/0'), except: pick([], ['10.244.0.0/17']) } }),
    )();
  const port = (): Port =>
    pick<Port>(
      { protocol: pick('TCP', 'UDP') },
      { port: pick(80, 8080) },
      { port: 80, endPort: 443 },
      { port: 'http' },
    );
  const policies = Array.from({ length: 1 + below(4) }, (_, n): NetworkPolicy => {
    const rules = (side: 'from' | 'to') => some(() => ({ [side]: some(peer), ports: some(port) }));
    const spec = {
      podSelector: selector(),
      policyTypes: pick(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: rules('from'),
      egress: rules('to'),
    };
    return { metadata: { name: `p${n}`, namespace: pick('a', 'a', 'b', 'c') }, spec };
  });
  const pods = Array.from(
    { length: 6 },
    (_, n): PolicyPod => ({
      name: `pod${n}`,
      namespace: pick('a', 'a', 'b', 'c'),
      node: pick('node-1', 'node-1', 'node-2'),
      labels: pick({ app: 'web' }, { app: 'db' }, {} as { app: string }),
      ips: [`10.244.${pick(1, 200)}.${n + 2}`],
      ports: pick({ http: 80 }, { http: 8080 }, {} as { http: number }),
    }),
  );
  return { policies, pods };
}

interface End {
  ip: string;
  pod: PolicyPod | undefined;
}

const matches = (selector: LabelSelector, labels: Record<string, string>): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, values = [] }) => !values.includes(labels[key] ?? ''));

function isPeer(peer: Peer, { ip, pod }: End, home: string): boolean {
  if (peer.ipBlock) {
    const isIn = (cidr: string) => contains(parseCidr(cidr), parseAddress(ip));
    return isIn(peer.ipBlock.cidr) && !(peer.ipBlock.except ?? []).some(isIn);
  }
  if (!pod) return false;
  const { namespace: from = '', labels = {} } = pod;
  const inNamespace = peer.namespaceSelector
    ? matches(peer.namespaceSelector, namespaces[from] ?? {})
    : from === home;
  return inNamespace && matches(peer.podSelector ?? {}, labels);
}

function isPort(wanted: Port, protocol: string, dport: number, receiver: End): boolean {
  if ((wanted.protocol ?? 'TCP').toLowerCase() !== protocol) return false;
  if (wanted.port === undefined) return true;
  if (typeof wanted.port === 'string') return receiver.pod?.ports?.[wanted.port] === dport;
  return dport >= wanted.port && dport <= (wanted.endPort ?? wanted.port);
}

/** Whether the policies of one end let a packet pass. */
function permits(
  policies: NetworkPolicy[],
  [self, other, receiver]: [End, End, End],
  type: 'Ingress' | 'Egress',
  protocol: string,
  dport: number,
): boolean {
  const { pod } = self;
  if (!pod || pod.node !== 'node-1') return true;
  const about = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec?.policyTypes?.includes(type) &&
      matches(spec.podSelector ?? {}, pod.labels ?? {}),
  );
  if (about.length === 0) return true;
  return about.some(({ metadata, spec }) =>
    (type === 'Ingress' ? spec?.ingress : spec?.egress)?.some(
      (rule: { from?: Peer[]; to?: Peer[]; ports?: Port[] }) => {
        const [peers, ports] = [(type === 'Ingress' ? rule.from : rule.to) ?? [], rule.ports ?? []];
        return (
          (peers.length === 0 || peers.some((peer) => isPeer(peer, other, metadata.namespace ?? ''))) &&
          (ports.length === 0 || ports.some((port) => isPort(port, protocol, dport, receiver)))
        );
      },
    ),
  );
}

function kernelOf(policies: NetworkPolicy[], pods: PolicyPod[]): Ruleset {
  const state = new PolicyState({
    nodeName: 'node-1',
    links: { prefix: 'veth', of: (uid) => `veth-${uid.slice(4)}` },
  });
  let ruleset = apply(new Map(), (state.commit(), state.everything()));
  // One after the other, as they become known to a node that runs.
  const step = (change: () => void) => {
    change();
    ruleset = apply(ruleset, state.commit());
  };
  for (const pod of pods) step(() => state.putPod(`${pod.namespace}/${pod.name}`, policyPod(pod)));
  for (const p of policies) step(() => state.putPolicy(p.metadata.namespace ?? '', p.metadata.name, p));
  for (const [name, labels] of Object.entries(namespaces))
    step(() => state.putNamespace(name, namespace(name, labels)));
  return ruleset;
}

test('every packet has the verdict that the documentation gives it', () => {
  const seen = { accept: 0, drop: 0, reject: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const { policies, pods } = randomWorld(seed);
    const ruleset = kernelOf(policies, pods);
    const ends: End[] = [outside, ...pods.map((pod) => ({ ip: pod.ips?.[0] ?? '', pod }))];
    const linkOf = (ip: string) => {
      const pod = pods.find(({ ips, node }) => ips?.[0] === ip && node === 'node-1');
      return pod ? `veth-${pod.name}` : 'eth0';
    };
    const host: Host = { isLocal: () => false, linkTo: linkOf, ownAddress: () => '', random: () => 0 };
    for (const from of ends)
      for (const to of ends.filter((end) => end !== from))
        for (const protocol of ['tcp', 'udp'] as const)
          for (const dport of [80, 443, 8080]) {
            const packet = { iifname: linkOf(from.ip), saddr: from.ip, daddr: to.ip, protocol, dport };
            const { verdict } = trace(ruleset, packet, host);
            const isPermitted =
              permits(policies, [from, to, to], 'Egress', protocol, dport) &&
              permits(policies, [to, from, to], 'Ingress', protocol, dport);
            seen[verdict]++;
            assert.equal(
              verdict === 'accept',
              isPermitted,
              `seed ${seed}: ${from.ip} → ${to.ip} ${protocol} ${dport}\n${JSON.stringify(policies)}`,
            );
          }
  }
  assert.ok(seen.accept > 500 && seen.drop > 500, JSON.stringify(seen));
});
