import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameserversOf, searchDomainsOf } from './resolvconf.ts';

test('a resolv.conf has nameservers among other lines', () => {
  const text =
    '# nameserver 192.0.2.9\nsearch x\n  nameserver\t192.0.2.1 # one\nnameserver nonsense\nnameserver ::1\n';
  assert.deepEqual(nameserversOf(text), ['192.0.2.1', '::1']);
});

test('the last search line of a resolv.conf counts', () => {
  assert.deepEqual(searchDomainsOf('search no\nsearch Example.org example.com\noptions ndots:5\n'), [
    'example.org.',
    'example.com.',
  ]);
  assert.deepEqual(searchDomainsOf('domain example.org'), ['example.org.']);
  assert.deepEqual(searchDomainsOf('nameserver 192.0.2.1'), []);
});
