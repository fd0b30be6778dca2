import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { zoneLine } from '../testing/zone.ts';
import { encodeMessage } from './encode.ts';
import { questionMessage, replyTo } from './message.ts';
import { parseRecord } from './text.ts';

const lines = [
  'a.example. 60 A 192.0.2.1',
  'a.example. 60 AAAA 2001:db8::1',
  'a.example. 60 CNAME b.example.',
  'a.example. 60 NS b.example.',
  '1.2.0.192.in-addr.arpa. 60 PTR b.example.',
  'a.example. 60 MX 10 b.example.',
  'a.example. 60 SRV 5 20 80 b.example.',
  'a.example. 60 SOA ns.example. root.example. 1 2 3 4 5',
  'a.example. 60 TXT "one two" "three"',
  'a.example. 60 TYPE65 \\# 3 000100',
];

test('records are read as they are written, with a class or without', () => {
  for (const line of lines) {
    assert.equal(zoneLine(parseRecord(line)).replace('HTTPS', 'TYPE65'), line);
    assert.deepEqual(parseRecord(line.replace(' 60 ', ' 60 IN ')), parseRecord(line));
  }
  assert.equal(zoneLine(parseRecord('a A 192.0.2.1')), 'a. 3600 A 192.0.2.1');
});

test('parentheses, times with units and the order of class and ttl are read as in zone files', () => {
  const soa = zoneLine(parseRecord('invalid. 60 IN SOA ns.invalid. root.invalid. (1 1m 60 1d 1h30m)'));
  assert.equal(soa, 'invalid. 60 SOA ns.invalid. root.invalid. 1 60 60 86400 5400');
  const { class: cls, ttl } = parseRecord('version.bind. CH 1h TXT "a (b)"');
  assert.deepEqual([cls, ttl], [3, 3600]);
});

test('another reader understands what they become on the wire', () => {
  const reply = { ...replyTo(questionMessage(1, 'a.example.', 1)), answers: lines.map(parseRecord) };
  const read = packet.decode(encodeMessage(reply)).answers ?? [];
  assert.equal(read.length, lines.length);
  const [, , , , , mx, srv] = read;
  assert.deepEqual(mx && 'data' in mx && mx.data, { preference: 10, exchange: 'b.example' });
  assert.deepEqual(srv && 'data' in srv && srv.data, {
    priority: 5,
    weight: 20,
    port: 80,
    target: 'b.example',
  });
});

test('what is no record is refused', () => {
  for (const line of [
    '',
    'a.example.',
    'a.example. NOPE x',
    'a.example. A nowhere',
    'a.example. A ::1',
    'a.example. AAAA 192.0.2.1',
    'a.example. MX ten b.',
    'a.example. SRV 1 2 99999 b.',
    'a.example. SOA ns. root. 1 2 3',
    'a.example. TXT',
    'a.example. TYPE65 \\# 4 00',
    `${'a'.repeat(64)}. A 192.0.2.1`,
  ])
    assert.throws(() => parseRecord(line), /^Error: Cannot read the record/, line);
});
