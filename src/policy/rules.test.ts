import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policy } from '../../test/support/policies.ts';
import { policyOf } from './evaluate.ts';
import { chainOf } from './rules.ts';

const rulesOf = (spec: string, direction: 'ingress' | 'egress' = 'ingress') => {
  const permissions = policyOf(policy('p', spec))[direction];
  assert.ok(permissions);
  const { rules, sets } = chainOf(direction, permissions);
  const plain = rules.map((rule) => rule.replace(/@(pods|ports)(\d)-\w+/g, '@$1$2'));
  return { rules: plain, sets };
};

describe('a policy as rules', () => {
  test('without permissions nothing passes', () => {
    assert.deepEqual(rulesOf('  podSelector: {}').rules, ['goto refuse']);
  });

  test('an empty rule lets everything pass', () => {
    assert.deepEqual(rulesOf('  podSelector: {}\n  ingress: [{}]').rules, ['return', 'goto refuse']);
  });

  test('peers are a set of addresses, however many they are', () => {
    const { rules, sets } = rulesOf(`
  podSelector: {}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    - namespaceSelector: {matchLabels: {team: a}}
    ports: [{port: 80}, {port: 443}, {protocol: UDP, port: 53}]`);
    assert.deepEqual(rules, [
      'ip saddr @pods4 meta l4proto tcp th dport { 80, 443 } return',
      'ip saddr @pods4 meta l4proto udp th dport { 53 } return',
      'ip6 saddr @pods6 meta l4proto tcp th dport { 80, 443 } return',
      'ip6 saddr @pods6 meta l4proto udp th dport { 53 } return',
      'goto refuse',
    ]);
    assert.deepEqual(
      sets.map(({ comment }) => comment),
      ['default/app=web, [team=a]/*', 'default/app=web, [team=a]/*'],
    );
  });

  test('what goes out is looked at by where it goes', () => {
    assert.deepEqual(
      rulesOf('  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{podSelector: {}}]}]', 'egress')
        .rules,
      ['ip daddr @pods4 return', 'ip6 daddr @pods6 return', 'goto refuse'],
    );
  });

  test('ranges are those of their family, and what is excepted is not in them', () => {
    const { rules } = rulesOf(`
  podSelector: {}
  ingress:
  - from:
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.1.2.0/24, 10.2.0.0/16]}
    - ipBlock: {cidr: 172.30.0.0/16}
    - ipBlock: {cidr: 172.30.1.0/24}
    - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}
    - ipBlock: {cidr: "::/0"}`);
    assert.deepEqual(rules, [
      'ip saddr { 172.30.0.0/16 } return',
      'ip saddr { 10.0.0.0/8 } ip saddr != { 10.1.0.0/16, 10.2.0.0/16 } return',
      'meta nfproto ipv4 ip saddr != { 169.254.169.254/32 } return',
      'meta nfproto ipv6 return',
      'goto refuse',
    ]);
  });

  test('ports are ranges, without overlaps, of a protocol or all of one', () => {
    const { rules } = rulesOf(`
  podSelector: {}
  ingress:
  - ports:
    - {port: 8000, endPort: 8100}
    - {port: 8050}
    - {port: 8101}
    - {protocol: SCTP}
    - {protocol: UDP, port: 53}`);
    assert.deepEqual(rules, [
      'meta l4proto tcp th dport { 8000-8101 } return',
      'meta l4proto udp th dport { 53 } return',
      'meta l4proto sctp return',
      'goto refuse',
    ]);
  });

  test('a named port is looked up with the address of the pod that has it', () => {
    const { rules, sets } = rulesOf(
      '  podSelector: {}\n  ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]',
    );
    assert.deepEqual(rules, [
      'ip saddr @pods4 ip daddr . meta l4proto . th dport @ports4 return',
      'ip6 saddr @pods6 ip6 daddr . meta l4proto . th dport @ports6 return',
      'goto refuse',
    ]);
    assert.equal(sets.length, 4);
  });

  test('what is equal has the same chain and the same sets', () => {
    const chain = (name: string) =>
      chainOf(
        'ingress',
        policyOf(policy(name, '  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]')).ingress ?? [],
      );
    assert.deepEqual(chain('one'), chain('two'));
  });
});
