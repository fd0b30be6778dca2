/** What policies mean for packets: the rules are walked, packet by packet. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namespace, type PolicyPod, policy, policyPod } from '../../test/support/policies.ts';
import type { NetworkPolicy } from '../api/types.ts';
import { apply } from '../nft/fake.ts';
import type { Ruleset } from '../nft/ruleset.ts';
import { type Host, type Packet, trace } from '../nft/trace.ts';
import { PolicyState } from './state.ts';

const pods: PolicyPod[] = [
  { name: 'web', labels: { app: 'web' }, ips: ['10.244.1.2', 'fd44:0:0:1::2'], ports: { http: 8080 } },
  { name: 'db', labels: { app: 'db' }, ips: ['10.244.1.3', 'fd44:0:0:1::3'], ports: { sql: 5432 } },
  { name: 'far', labels: { app: 'web' }, node: 'node-2', ips: ['10.244.2.2'], ports: { http: 9090 } },
  { name: 'other', labels: { app: 'web' }, namespace: 'team-a', ips: ['10.244.1.4'] },
  { name: 'dns', labels: { app: 'dns' }, namespace: 'kube-system', node: 'node-2', ips: ['10.244.2.9'] },
];

class Node {
  readonly state = new PolicyState({
    nodeName: 'node-1',
    links: { prefix: 'veth', of: (uid) => `veth-${uid.slice(4)}` },
  });
  ruleset: Ruleset = new Map();
  readonly #links = new Map<string, string>();

  constructor(...policies: NetworkPolicy[]) {
    this.state.putNamespace('default', namespace('default'));
    this.state.putNamespace('team-a', namespace('team-a', { team: 'a' }));
    this.state.putNamespace('kube-system', namespace('kube-system', { name: 'kube-system' }));
    for (const pod of pods) this.put(pod);
    for (const p of policies) this.allow(p);
    this.state.commit();
    this.ruleset = apply(this.ruleset, this.state.everything());
  }

  put(pod: PolicyPod): void {
    const object = policyPod(pod);
    for (const ip of pod.ips ?? [])
      if (object.spec?.nodeName === 'node-1') this.#links.set(ip, `veth-${pod.name}`);
    this.state.putPod(`${object.metadata.namespace}/${pod.name}`, object);
  }

  allow(p: NetworkPolicy): void {
    this.state.putPolicy(p.metadata.namespace ?? '', p.metadata.name, p);
  }

  /** Carries out what changed, and checks that a fresh start would have come to the same. */
  commit(): string {
    const transaction = this.state.commit();
    this.ruleset = apply(this.ruleset, transaction);
    assert.deepEqual(sorted(this.ruleset), sorted(apply(new Map(), this.state.everything())));
    return transaction;
  }

  passes(from: string, to: string, changes: Partial<Packet> = {}): boolean {
    const link = this.#links.get(from) ?? 'eth0';
    const packet = { iifname: link, saddr: from, daddr: to, protocol: 'tcp', dport: 80, ...changes } as const;
    return trace(this.ruleset, packet, this.#host).verdict === 'accept';
  }

  readonly #host: Host = {
    isLocal: (address) => address === '172.30.0.2',
    linkTo: (address) => this.#links.get(address) ?? 'eth0',
    ownAddress: () => '172.30.0.2',
    random: () => 0,
  };
}

const sorted = (ruleset: Ruleset) =>
  [...ruleset.values()].map(({ chains, containers }) => [
    [...chains].sort(),
    [...containers].map(([name, { elements }]) => [name, [...elements].sort()]).sort(),
  ]);

const [web, db, far, other, dns] = ['10.244.1.2', '10.244.1.3', '10.244.2.2', '10.244.1.4', '10.244.2.9'];
const [web6, db6] = ['fd44:0:0:1::2', 'fd44:0:0:1::3'];
const outside = '192.0.2.1';
const denyAll = policy('deny-all', '  podSelector: {}\n  policyTypes: [Ingress, Egress]');

describe('packets under NetworkPolicies', () => {
  test('a pod that no policy is about receives and sends what it likes', () => {
    const node = new Node(policy('db', '  podSelector: {matchLabels: {app: db}}'));
    for (const [from, to] of [
      [outside, web],
      [web, outside],
      [other, web],
      [far, web],
      [db, web],
    ] as const)
      assert.ok(node.passes(from, to), `${from} → ${to}`);
  });

  test('default deny closes both directions for the pods of its namespace alone', () => {
    const node = new Node(denyAll);
    for (const [from, to] of [
      [web, db],
      [far, web],
      [outside, web],
      [web, outside],
      [other, web],
      [web6, db6],
    ] as const)
      assert.ok(!node.passes(from, to), `${from} → ${to}`);
    assert.ok(node.passes(other, far));
    assert.ok(node.passes(outside, other));
  });

  test('isolation is by direction', () => {
    const node = new Node(policy('in', '  podSelector: {matchLabels: {app: web}}'));
    assert.ok(!node.passes(db, web));
    assert.ok(node.passes(web, db));
  });

  test('replies pass, the node itself passes, and so does a pod to itself', () => {
    const node = new Node(denyAll);
    assert.ok(node.passes(web, outside, { isReply: true }));
    assert.ok(node.passes(web, '172.30.0.2'));
    const { verdict } = trace(
      node.ruleset,
      { saddr: '172.30.0.2', daddr: web, protocol: 'tcp', dport: 80 },
      { isLocal: () => false, linkTo: () => 'veth-web', ownAddress: () => '', random: () => 0 },
    );
    assert.equal(verdict, 'accept');
    assert.ok(node.passes(web, web));
  });

  test('a link of which nothing is known is closed', () => {
    const node = new Node(policy('db', '  podSelector: {matchLabels: {app: db}}'));
    assert.ok(!node.passes('10.244.1.77', outside, { iifname: 'veth-new' }));
  });

  test('both ends have a word: one sends, the other receives', () => {
    const node = new Node(
      denyAll,
      policy(
        'web',
        '  podSelector: {matchLabels: {app: web}}\n  policyTypes: [Egress]\n  egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]',
      ),
    );
    assert.ok(!node.passes(web, db));
    node.allow(
      policy(
        'db',
        '  podSelector: {matchLabels: {app: db}}\n  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]',
      ),
    );
    node.commit();
    assert.ok(node.passes(web, db));
    assert.ok(node.passes(web6, db6));
    assert.ok(node.passes(far, db));
    assert.ok(!node.passes(other, db), 'the same label in another namespace');
  });

  test('peers by pod and by namespace are either, both in one are both', () => {
    const from = (peers: string) =>
      new Node(policy('p', `  podSelector: {matchLabels: {app: db}}\n  ingress: [{from: [${peers}]}]`));
    const either = from(
      '{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {matchLabels: {team: a}}}',
    );
    assert.deepEqual(
      [web, other, dns].map((ip) => either.passes(ip, db)),
      [true, true, false],
    );
    const both = from(
      '{podSelector: {matchLabels: {app: web}}, namespaceSelector: {matchLabels: {team: a}}}',
    );
    assert.deepEqual(
      [web, other].map((ip) => both.passes(ip, db)),
      [false, true],
    );
    const all = from('{namespaceSelector: {}}');
    assert.deepEqual(
      [web, other, dns, outside].map((ip) => all.passes(ip, db)),
      [true, true, true, false],
    );
  });

  test('names of ports are the receiving pod’s own', () => {
    const node = new Node(
      policy(
        'out',
        '  podSelector: {matchLabels: {app: db}}\n  policyTypes: [Egress]\n  egress: [{ports: [{port: http}]}]',
      ),
      policy('in', '  podSelector: {matchLabels: {app: web}}\n  ingress: [{ports: [{port: http}]}]'),
    );
    assert.ok(node.passes(db, web, { dport: 8080 }));
    assert.ok(node.passes(db, far, { dport: 9090 }));
    assert.ok(!node.passes(db, far, { dport: 8080 }));
    assert.ok(!node.passes(outside, web, { dport: 9090 }));
    assert.ok(!node.passes(outside, web, { dport: 8080, protocol: 'udp' }));
  });

  test('ranges of ports and of addresses, with exceptions', () => {
    const node = new Node(
      policy(
        'p',
        `  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
    ports: [{port: 8000, endPort: 8010}]`,
      ),
    );
    assert.ok(node.passes('192.0.2.1', db, { dport: 8010 }));
    assert.ok(!node.passes('192.0.2.1', db, { dport: 8011 }));
    assert.ok(!node.passes('192.0.2.200', db, { dport: 8010 }));
    assert.ok(!node.passes('192.0.2.1', db, { dport: 8010, protocol: 'udp' }));
  });

  test('egress to DNS only', () => {
    const node = new Node(
      policy(
        'dns',
        `  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {name: kube-system}}}]
    ports: [{protocol: UDP, port: 53}]`,
      ),
    );
    assert.ok(node.passes(web, dns, { protocol: 'udp', dport: 53 }));
    assert.ok(!node.passes(web, dns, { protocol: 'tcp', dport: 53 }));
    assert.ok(!node.passes(web, outside, { protocol: 'udp', dport: 53 }));
    assert.ok(!node.passes(web, db));
  });

  test('pods in their node’s network are neither subject nor peer', () => {
    const node = new Node(policy('p', '  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]'));
    node.put({ name: 'host', hostNetwork: true, ips: ['172.30.0.3'] });
    assert.equal(node.commit(), '');
    assert.ok(!node.passes('172.30.0.3', web));
  });
});

describe('what a change costs', () => {
  const fromWeb = policy(
    'db',
    '  podSelector: {matchLabels: {app: db}}\n  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]',
  );

  test('a peer that comes or goes is an element', () => {
    const node = new Node(fromWeb);
    node.put({ name: 'web-2', labels: { app: 'web' }, node: 'node-2', ips: ['10.244.2.7'] });
    assert.match(node.commit(), /^add element inet switchboard-policy pods4-\w+ \{ 10\.244\.2\.7 \}$/);
    assert.ok(node.passes('10.244.2.7', db));
    node.put({ name: 'web-2', labels: { app: 'x' }, node: 'node-2', ips: ['10.244.2.7'] });
    assert.match(node.commit(), /^delete element inet switchboard-policy pods4-\w+ \{ 10\.244\.2\.7 \}$/);
    assert.ok(!node.passes('10.244.2.7', db));
  });

  test('a pod of this node is an entry in each map, and shares its chain with others', () => {
    const node = new Node(fromWeb);
    node.put({ name: 'db-2', labels: { app: 'db' }, ips: ['10.244.1.30'] });
    const lines = node.commit().split('\n');
    assert.equal(lines.length, 3);
    assert.ok(
      lines.every((line) => line.startsWith('add element')),
      lines.join('\n'),
    );
    assert.ok(node.passes(web, '10.244.1.30'));
    assert.ok(!node.passes(other, '10.244.1.30'));
  });

  test('a pod’s status that changes nothing for policies costs nothing', () => {
    const node = new Node(fromWeb);
    node.put({ ...pods[0]!, phase: 'Pending' });
    assert.equal(node.commit(), '');
  });

  test('a namespace’s labels let its pods in', () => {
    const node = new Node(
      policy(
        'p',
        '  podSelector: {matchLabels: {app: db}}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]',
      ),
    );
    assert.ok(!node.passes(other, db));
    node.state.putNamespace('team-a', namespace('team-a', { team: 'b' }));
    node.commit();
    assert.ok(node.passes(other, db));
  });

  test('an address passes from a pod that ended to the next', () => {
    const node = new Node(fromWeb);
    node.put({
      name: 'far',
      labels: { app: 'web' },
      node: 'node-2',
      ips: ['10.244.2.2'],
      phase: 'Succeeded',
    });
    node.put({ name: 'stranger', labels: { app: 'x' }, node: 'node-2', ips: ['10.244.2.2'] });
    node.commit();
    assert.ok(!node.passes(far, db));
    node.put({ name: 'stranger', labels: { app: 'web' }, node: 'node-2', ips: ['10.244.2.2'] });
    node.commit();
    assert.ok(node.passes(far, db));
  });

  test('when a policy goes, its chain and sets go with it', () => {
    const node = new Node(fromWeb, denyAll);
    node.state.putPolicy('default', 'db', undefined);
    node.commit();
    assert.ok(!node.passes(web, db));
    node.state.putPolicy('default', 'deny-all', undefined);
    node.commit();
    assert.ok(node.passes(web, db));
    const table = node.ruleset.get('inet switchboard-policy');
    assert.deepEqual([...(table?.containers.keys() ?? [])], ['senders', 'receivers', 'loops']);
    assert.deepEqual([...(table?.chains.keys() ?? [])], ['refuse', 'from-pod', 'to-pod', 'forward']);
  });

  test('the order in which things become known does not matter', () => {
    const node = new Node();
    for (const change of [
      () => node.allow(fromWeb),
      () => node.allow(denyAll),
      () => node.state.putPod('default/db', undefined),
      () => node.put(pods[1]!),
      () => node.state.putNamespace('default', undefined),
      () => node.state.putNamespace('default', namespace('default')),
      () => node.put({ ...pods[1]!, labels: { app: 'none' } }),
      () => node.put(pods[1]!),
    ]) {
      change();
      node.commit();
    }
    assert.ok(!node.passes(web, db), 'web may not send');
    assert.ok(node.passes(far, db));
    assert.ok(!node.passes(other, db));
  });
});
