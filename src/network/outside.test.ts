import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outsideTable } from './outside.ts';

const rulesOf = (nodeIPs: string[], podCIDRs: string[]): string[] =>
  outsideTable(nodeIPs, podCIDRs, 'eth0')
    .split('\n')
    .filter((line) => line.includes('masquerade'))
    .map((line) => line.replace(/^.* postrouting /, ''));

test('what pods send to others than pods and nodes comes from the node, by family', () => {
  assert.deepEqual(rulesOf(['172.30.0.2', 'fd30::2', '172.30.0.3'], ['10.244.0.0/16', 'fd44::/56']), [
    'oifname "eth0" ip saddr { 10.244.0.0/16 } ip daddr != { 10.244.0.0/16 } ip daddr != { 172.30.0.2, 172.30.0.3 } masquerade',
    'oifname "eth0" ip6 saddr { fd44::/56 } ip6 daddr != { fd44::/56 } ip6 daddr != { fd30::2 } masquerade',
  ]);
});

test('a family that pods do not have needs no rule', () => {
  assert.deepEqual(rulesOf(['fd30::2'], ['fd44::/56']).length, 1);
  assert.deepEqual(rulesOf([], ['10.244.0.0/16']), [
    'oifname "eth0" ip saddr { 10.244.0.0/16 } ip daddr != { 10.244.0.0/16 } masquerade',
  ]);
});
