import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice, type TestService } from '../../test/support/services.ts';
import { apply } from '../nft/fake.ts';
import type { Ruleset } from '../nft/ruleset.ts';
import { type Packet, trace } from '../nft/trace.ts';
import { frontendsOf } from './rules.ts';
import { host, Node, place } from './testing/node.ts';

const [x, y, z] = [
  { address: '10.244.1.5', node: 'node-1' },
  { address: '10.244.1.6', node: 'node-1' },
  { address: '10.244.2.5', node: 'node-2' },
];
const web: TestService = { name: 'web', clusterIPs: ['10.96.0.20'], nodePort: 30080 };
const outside = { iifname: 'eth0' };

describe('a packet for a Service', () => {
  test('reaches each endpoint, by slot, and keeps a pod’s source', () => {
    const node = new Node().set(web, x, y, z);
    const reached = [0, 1, 2].map((slot) => node.send('10.244.1.9', '10.96.0.20:80', { slot }));
    assert.deepEqual(reached, [
      '10.244.1.9 → 10.244.1.5:8080',
      '10.244.1.9 → 10.244.1.6:8080',
      '10.244.1.9 → 10.244.2.5:8080',
    ]);
  });

  test('comes from the node when a pod reaches itself', () => {
    const node = new Node().set(web, x, y);
    assert.equal(node.send('10.244.1.5', '10.96.0.20:80', { slot: 0 }), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send('10.244.1.5', '10.96.0.20:80', { slot: 1 }), '10.244.1.5 → 10.244.1.6:8080');
  });

  test('comes from the node also when nobody says on which node that pod is', () => {
    const node = new Node().set(web, { address: '10.244.1.5' });
    assert.equal(node.send('10.244.1.5', '10.96.0.20:80'), '172.30.0.2 → 10.244.1.5:8080');
  });

  test('at a node port comes from the node, whoever sent it', () => {
    const node = new Node().set(web, z);
    const answer = '172.30.0.2 → 10.244.2.5:8080';
    assert.equal(node.send('172.30.0.1', '172.30.0.2:30080', outside), answer);
    assert.equal(node.send('10.244.1.9', '172.30.0.2:30080'), answer);
  });

  test('of the node’s own is translated too, on 127.0.0.1 as well', () => {
    const { iifname: _, ...own } = outside;
    const node = new Node().set(web, z);
    const send = (from: string, to: string) => {
      const [, daddr = '', port] = /^(.*):(\d+)$/.exec(to) ?? [];
      const packet: Packet = { saddr: from, daddr, protocol: 'tcp', dport: Number(port), ...own };
      const { packet: sent } = trace(node.ruleset, packet, { ...host, random: () => 0 });
      return `${sent.saddr} → ${sent.daddr}:${sent.dport}`;
    };
    assert.equal(send('172.30.0.2', '10.96.0.20:80'), '172.30.0.2 → 10.244.2.5:8080');
    assert.equal(send('127.0.0.1', '127.0.0.1:30080'), '172.30.0.2 → 10.244.2.5:8080');
  });

  test('for the same port at an address that is not the node’s goes on unchanged', () => {
    const node = new Node().set({ ...web, spec: { externalTrafficPolicy: 'Local' } }, x);
    assert.equal(node.send('10.244.1.9', '172.30.0.7:30080'), '10.244.1.9 → 172.30.0.7:30080');
  });

  test('is refused without endpoint, at another port and at an address that is nobody’s', () => {
    const node = new Node().set(web);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80'), 'tcp reset');
    assert.equal(node.send('10.244.1.9', '10.96.0.20:81'), 'tcp reset');
    assert.equal(node.send('10.244.1.9', '10.99.0.1:80'), 'tcp reset');
    assert.equal(node.send('fd44::9', 'fd96::1:80', { protocol: 'udp' }), 'icmpx port-unreachable');
    assert.equal(node.send('172.30.0.1', '172.30.0.2:30080', outside), '172.30.0.1 → 172.30.0.2:30080');
  });

  test('that drew a slot of a table that is gone by then has no answer, so that the client tries again', () => {
    const node = new Node().set(web, x, y);
    const gone = 'delete element inet switchboard-proxy endpoints4 { 10.96.0.20 . tcp . 80 . 1 }';
    node.ruleset = apply(node.ruleset, gone);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80', { slot: 0 }), 'drop');
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80', { slot: 1 }), '10.244.1.9 → 10.244.1.6:8080');
  });

  test('is dropped when it comes from outside for 127.0.0.1', () => {
    assert.equal(new Node().set(web, x).send('172.30.0.1', '127.0.0.1:30080', outside), 'drop');
  });

  test('goes where the client went before, under session affinity', () => {
    const sticky = { ...web, spec: { sessionAffinity: 'ClientIP' } };
    const node = new Node().set(sticky, x, y, z);
    const first = node.send('10.244.1.9', '10.96.0.20:80', { slot: 2 });
    assert.equal(first, '10.244.1.9 → 10.244.2.5:8080');
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80', { slot: 0 }), first);
    assert.equal(node.set(sticky, y, z).send('10.244.1.9', '10.96.0.20:80', { slot: 0 }), first);
    assert.notEqual(node.send('10.244.1.8', '10.96.0.20:80', { slot: 0 }), first);
    assert.notEqual(node.set(sticky, x, y).send('10.244.1.9', '10.96.0.20:80'), first);
  });

  test('stays where it went when its endpoint was gone, though that comes back', () => {
    const sticky = { ...web, spec: { sessionAffinity: 'ClientIP' } };
    const node = new Node().set(sticky, x, z);
    for (const to of ['10.96.0.20:80', '172.30.0.2:30080']) {
      node.set(sticky, x, z);
      assert.match(node.send('10.244.1.9', to, { slot: 1 }), /10\.244\.2\.5/);
      node.set(sticky, x);
      const second = node.send('10.244.1.9', to);
      assert.match(second, /10\.244\.1\.5/);
      node.set(sticky, z, x, y);
      for (const slot of [0, 1, 2]) assert.equal(node.send('10.244.1.9', to, { slot }), second);
      node.set(sticky).set(sticky, y);
      assert.match(node.send('10.244.1.9', to), /10\.244\.1\.6/);
    }
  });
});

describe('a change', () => {
  const t = 'inet switchboard-proxy';
  const clusterOnly: TestService = { name: 'web', clusterIPs: ['10.96.0.20'] };

  test('of one endpoint is one element', () => {
    const elsewhere = (address: string) => ({ address, node: 'node-2' });
    const node = new Node().set(clusterOnly, elsewhere('10.244.2.1'), elsewhere('10.244.2.2'));
    node.set(clusterOnly, elsewhere('10.244.2.2'), elsewhere('10.244.2.3'));
    assert.deepEqual(node.last.split('\n'), [
      `delete element ${t} endpoints4 { 10.96.0.20 . tcp . 80 . 1 }`,
      `add element ${t} endpoints4 { 10.96.0.20 . tcp . 80 . 1 : 10.244.2.3 . 8080 }`,
    ]);
  });

  test('of their number brings the chain for it, once for all Services', () => {
    const node = new Node().set(clusterOnly, z);
    assert.deepEqual(node.last.split('\n'), [
      `add chain ${t} pick-1`,
      `add rule ${t} pick-1 meta mark set numgen random mod 1 offset 1`,
      `add element ${t} services4 { 10.96.0.20 . tcp . 80 : jump pick-1 }`,
      `add element ${t} endpoints4 { 10.96.0.20 . tcp . 80 . 1 : 10.244.2.5 . 8080 }`,
    ]);
    node.set({ name: 'other', clusterIPs: ['10.96.0.21'] }, z);
    assert.doesNotMatch(node.last, /chain/);
    node.set({ name: 'other', clusterIPs: ['10.96.0.21'] });
    assert.doesNotMatch(node.last, /delete chain/);
    node.set(clusterOnly);
    assert.match(node.last, /delete chain inet switchboard-proxy pick-1\n/);
  });

  test('to fewer endpoints takes the last slot away when no packet can have drawn it any more', () => {
    const node = new Node().set(clusterOnly, y, z);
    const fewer = frontendsOf(service(clusterOnly), [slice('web', [y])], place);
    assert.deepEqual(
      node.state
        .update(new Map([['web', fewer]]))
        .transactions.map((transaction) => transaction.split('\n').at(-1)),
      [`delete chain ${t} pick-2`, `delete element ${t} endpoints4 { 10.96.0.20 . tcp . 80 . 2 }`],
    );
  });

  test('that changes nothing is no transaction', () => {
    assert.equal(new Node().set(web, x, y).set(web, y, x).last, '');
  });

  test('may pass an address from one Service to another in one go', () => {
    const node = new Node().set(web, x);
    const heir = frontendsOf(service({ ...web, name: 'heir' }), [slice('heir', [z])], place);
    node.last = node.state
      .update(
        new Map([
          ['heir', heir],
          ['web', []],
        ]),
      )
      .transactions.join('\n');
    node.ruleset = apply(node.ruleset, node.last);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80'), '10.244.1.9 → 10.244.2.5:8080');
  });

  test('of a Service that has what another has waits until that is gone', () => {
    const node = new Node().set(web, x).set({ ...web, name: 'second' }, z);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80'), '10.244.1.9 → 10.244.1.5:8080');
    node.change('web', []);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80'), '10.244.1.9 → 10.244.2.5:8080');
    node.change('second', []);
    assert.equal(node.send('10.244.1.9', '10.96.0.20:80'), 'tcp reset');
  });

  test('written step by step leads to the same rules as everything written at once', () => {
    const node = new Node()
      .set(web, x, y, z)
      .set({ name: 'dns', clusterIPs: ['10.96.0.10', 'fd96::a'], port: 53, protocol: 'UDP' }, x)
      .set({ name: 'sticky', clusterIPs: ['10.96.0.30'], spec: { sessionAffinity: 'ClientIP' } }, x, y)
      .set(web, y)
      .set({ name: 'gone', clusterIPs: ['10.96.0.40'] }, x, y)
      .change('gone', []);
    const sorted = (ruleset: Ruleset) =>
      [...(ruleset.get('inet switchboard-proxy')?.containers ?? [])].map(([name, { elements }]) => [
        name,
        [...elements].sort(),
      ]);
    const fresh = apply(node.ruleset, node.state.everything());
    assert.deepEqual(sorted(node.ruleset), sorted(fresh));
    const chains = (ruleset: Ruleset) =>
      [...(ruleset.get('inet switchboard-proxy')?.chains.keys() ?? [])].sort();
    assert.deepEqual(chains(node.ruleset), chains(fresh));
  });
});
