import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverKey, zoneOf } from './zones.ts';

test('a server block is for a zone at a port, 53 by default', () => {
  assert.deepEqual(serverKey('.', 1), { zone: '.', port: 53 });
  assert.deepEqual(serverKey('.:5353', 1), { zone: '.', port: 5353 });
  assert.deepEqual(serverKey(':5353', 1), { zone: '.', port: 5353 });
  assert.deepEqual(serverKey('Example.ORG', 1), { zone: 'example.org.', port: 53 });
  assert.deepEqual(serverKey('dns://example.org.:54', 1), { zone: 'example.org.', port: 54 });
});

test('a range is its reverse zone', () => {
  assert.equal(zoneOf('10.0.0.0/8'), '10.in-addr.arpa.');
  assert.equal(zoneOf('192.168.7.0/24'), '7.168.192.in-addr.arpa.');
  assert.equal(zoneOf('fd44::/16'), '4.4.d.f.ip6.arpa.');
  assert.deepEqual(serverKey('fd44::/16', 1), { zone: '4.4.d.f.ip6.arpa.', port: 53 });
});

test('what is no zone and no port is refused', () => {
  assert.throws(() => serverKey('.:0', 4), /Corefile:4: 0 is not a port/);
  assert.throws(() => serverKey('.:65536', 4), /Corefile:4: 65536 is not a port/);
  assert.throws(() => serverKey('grpc://.', 4), /Corefile:4: grpc:\/\/ is not supported; use dns:\/\//);
  assert.throws(
    () => zoneOf('10.0.0.0/9'),
    /Cannot use 10.0.0.0\/9 as a zone: its length is no multiple of 8/,
  );
});
