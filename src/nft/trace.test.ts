import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apply } from './fake.ts';
import { type Host, type Packet, trace } from './trace.ts';

const host: Host = {
  isLocal: (address) => address === '172.30.0.2' || address.startsWith('127.'),
  linkTo: (address) => (address.startsWith('10.244.') ? 'veth1' : 'eth0'),
  ownAddress: (family) => (family === 4 ? '172.30.0.2' : 'fd30::2'),
  random: () => 0,
};

const packet: Packet = {
  iifname: 'eth0',
  saddr: '10.0.0.9',
  daddr: '10.244.1.5',
  protocol: 'tcp',
  sport: 40_000,
  dport: 80,
};

const walk = (rules: string, changes: Partial<Packet> = {}) =>
  trace(apply(new Map(), `add table inet t\n${rules}`), { ...packet, ...changes }, host);

const forward = 'add chain inet t f { type filter hook forward priority 0; policy drop; }';

describe('a packet on its way', () => {
  test('what no rule of a chain takes has the chain’s policy', () => {
    assert.equal(walk(forward).verdict, 'drop');
    assert.equal(walk(`${forward}\nadd rule inet t f accept`).verdict, 'accept');
  });

  test('a packet for this machine is not forwarded', () => {
    assert.equal(walk(forward, { daddr: '172.30.0.2' }).verdict, 'accept');
  });

  test('matches look at sets, lists, ranges, prefixes and links', () => {
    const accepts = (rule: string, changes?: Partial<Packet>) =>
      walk(
        `add set inet t s { type ipv4_addr . inet_service; }
        add element inet t s { 10.0.0.9 . 80 }
        add set inet t nets { type ipv4_addr; flags interval; }
        add element inet t nets { 10.0.0.0/24 }
        ${forward}
        add rule inet t f ${rule} accept`,
        changes,
      ).verdict === 'accept';
    assert.ok(accepts('ip saddr . th dport @s'));
    assert.ok(!accepts('ip saddr . th dport @s', { dport: 81 }));
    assert.ok(accepts('ip saddr @nets'));
    assert.ok(!accepts('ip saddr @nets', { saddr: '10.0.1.9' }));
    assert.ok(accepts('ip saddr { 192.0.2.1, 10.0.0.0/8 }'));
    assert.ok(accepts('tcp dport 79-81'));
    assert.ok(!accepts('udp dport 79-81'));
    assert.ok(accepts('iifname "eth0"'));
    assert.ok(accepts('oifname "veth*"'));
    assert.ok(!accepts('ip saddr != 10.0.0.9'));
    assert.ok(accepts('meta mark & 0x10 == 0x10', { mark: 0x1f }));
    assert.ok(accepts('ct state { established, new }'));
    assert.ok(accepts('ct direction reply', { isReply: true }));
    assert.ok(!accepts('ct direction reply'));
  });

  test('a rule about IPv4 does not apply to IPv6, also not in the negative', () => {
    const rules = `${forward}\nadd rule inet t f ip saddr != 192.0.2.1 accept`;
    assert.equal(walk(rules, { saddr: 'fd44::1', daddr: 'fd44::2' }).verdict, 'drop');
  });

  test('a jump comes back, a goto does not', () => {
    const chains = `add chain inet t empty\nadd chain inet t way\n${forward}`;
    assert.equal(walk(`${chains}\nadd rule inet t f jump empty\nadd rule inet t f accept`).verdict, 'accept');
    assert.equal(
      walk(`${chains}
        add rule inet t way goto empty
        add rule inet t way accept
        add rule inet t f jump way`).verdict,
      'drop',
    );
  });

  test('hooks see what earlier ones made of the packet, and each step can be told', () => {
    const result = walk(
      `add map inet t to { type inet_service : ipv4_addr . inet_service; }
      add element inet t to { 80 : 10.244.1.7 . 8080 }
      add chain inet t pre { type nat hook prerouting priority dstnat; }
      add rule inet t pre meta l4proto tcp dnat ip to th dport map @to
      add chain inet t post { type nat hook postrouting priority srcnat; }
      add rule inet t post ct status dnat ct original ip daddr 10.244.1.5 oifname "veth1" masquerade`,
    );
    assert.deepEqual(
      result.steps.map(({ hook, did }) => `${hook}: ${did}`),
      ['prerouting: → 10.244.1.7 port 8080', 'postrouting: from 172.30.0.2'],
    );
    assert.equal(result.packet.saddr, '172.30.0.2');
  });

  test('a refusal says how', () => {
    const result = walk(`${forward}\nadd rule inet t f reject with tcp reset`);
    assert.deepEqual([result.verdict, result.rejectedWith], ['reject', 'tcp reset']);
  });
});
