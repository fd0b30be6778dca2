import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestService } from '../../test/support/services.ts';
import type { Ranges } from './table.ts';
import { Node } from './testing/node.ts';

const web: TestService = { name: 'web', clusterIPs: ['10.96.0.20', 'fd96::20'], nodePort: 30080 };
const there = { address: '10.244.2.5', node: 'node-2' };

test('node ports answer only at the addresses that they are given', () => {
  const send = (nodePortAddresses: string[] | undefined, to: string) =>
    new Node(nodePortAddresses && { nodePortAddresses }).set(web, there).send('172.30.0.1', to);
  for (const range of ['172.30.0.0/20', '172.30.0.2/32'])
    assert.equal(send([range, 'fd30::/64'], '172.30.0.2:30080'), '172.30.0.2 → 10.244.2.5:8080');
  for (const ranges of [['192.168.0.0/16'], ['fd30::/64'], []])
    assert.equal(send(ranges, '172.30.0.2:30080'), '172.30.0.1 → 172.30.0.2:30080');
  assert.equal(
    send(['172.30.0.0/16'], '172.30.0.9:30080'),
    '172.30.0.1 → 172.30.0.9:30080',
    'another machine',
  );
  const onNode = (more: Partial<Ranges>) =>
    new Node(more).set(web, there).send('127.0.0.1', '127.0.0.1:30080', { iifname: 'lo' });
  assert.equal(onNode({}), '172.30.0.2 → 10.244.2.5:8080');
  assert.equal(onNode({ nodePortAddresses: ['172.30.0.0/20'] }), '127.0.0.1 → 127.0.0.1:30080');
});

test('a pod keeps its address towards a Service, unless everything is masqueraded', () => {
  const send = (masqueradeAll: boolean) =>
    new Node({ masqueradeAll }).set(web, there).send('10.244.1.9', '10.96.0.20:80');
  assert.equal(send(false), '10.244.1.9 → 10.244.2.5:8080');
  assert.equal(send(true), '172.30.0.2 → 10.244.2.5:8080');
});

test('a packet under way in a table that is replaced is not refused: its maps are empty by then', () => {
  const node = new Node().set(web, there);
  const tables = [...node.ruleset.values()];
  for (const { containers } of tables)
    for (const { kind, elements } of containers.values()) if (kind === 'map') elements.clear();
  for (const to of ['10.96.0.20:80', '172.30.0.2:30080', 'fd30::2:30080'])
    assert.equal(node.send(to.startsWith('fd') ? 'fd30::1' : '172.30.0.1', to), 'drop', to);
});

test('what is for no Service passes', () => {
  const node = new Node().set(web, there);
  assert.equal(node.send('172.30.0.1', '172.30.0.2:22'), '172.30.0.1 → 172.30.0.2:22');
  assert.equal(node.send('10.244.1.9', '10.244.2.7:53', { protocol: 'udp' }), '10.244.1.9 → 10.244.2.7:53');
});
