import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverKeys, zonesOf } from './zones.ts';

test('a server block is for a zone at a port, 53 by default', () => {
  assert.deepEqual(serverKeys('.', 1), [{ scheme: 'dns', zone: '.', port: 53 }]);
  assert.deepEqual(serverKeys('.:5353', 1), [{ scheme: 'dns', zone: '.', port: 5353 }]);
  assert.deepEqual(serverKeys(':5353', 1), [{ scheme: 'dns', zone: '.', port: 5353 }]);
  assert.deepEqual(serverKeys('Example.ORG', 1), [{ scheme: 'dns', zone: 'example.org.', port: 53 }]);
  assert.deepEqual(serverKeys('dns://example.org.:54', 1), [
    { scheme: 'dns', zone: 'example.org.', port: 54 },
  ]);
});

test('a range is its reverse zone', () => {
  assert.deepEqual(zonesOf('10.0.0.0/8'), ['10.in-addr.arpa.']);
  assert.deepEqual(zonesOf('192.168.7.0/24'), ['7.168.192.in-addr.arpa.']);
  assert.deepEqual(zonesOf('fd44::/16'), ['4.4.d.f.ip6.arpa.']);
  assert.deepEqual(serverKeys('fd44::/16', 1), [{ scheme: 'dns', zone: '4.4.d.f.ip6.arpa.', port: 53 }]);
});

test('what is no zone and no port is refused', () => {
  assert.throws(() => serverKeys('.:0', 4), /Corefile:4: 0 is not a port/);
  assert.throws(() => serverKeys('.:65536', 4), /Corefile:4: 65536 is not a port/);
  assert.throws(
    () => serverKeys('grpc://.', 4),
    /Corefile:4: grpc:\/\/ is not supported; use dns:\/\/ or tls:\/\//,
  );
});

test('what is no name is no zone', () => {
  for (const text of ['a..b', `${'x'.repeat(64)}.example`])
    assert.throws(() => zonesOf(text), { message: `"${text}" is no domain name` });
});

test('a range that ends within a label is several zones', () => {
  assert.deepEqual(zonesOf('10.2.0.0/15'), ['2.10.in-addr.arpa.', '3.10.in-addr.arpa.']);
  assert.equal(zonesOf('10.0.0.0/9').length, 128);
  assert.deepEqual(zonesOf('fd44::/15'), ['4.4.d.f.ip6.arpa.', '5.4.d.f.ip6.arpa.']);
});

test('DNS over TLS has a port of its own', () => {
  assert.deepEqual(serverKeys('tls://example.org', 1), [{ scheme: 'tls', zone: 'example.org.', port: 853 }]);
  assert.deepEqual(serverKeys('tls://.:8853', 1), [{ scheme: 'tls', zone: '.', port: 8853 }]);
});
