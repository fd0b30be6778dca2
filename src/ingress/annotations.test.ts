import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAnnotations } from './annotations.ts';
import { wishes } from './wishes.ts';

const prefix = 'nginx.ingress.kubernetes.io/';
const read = (annotations: Record<string, string>) =>
  readAnnotations(
    Object.fromEntries(Object.entries(annotations).map(([name, value]) => [prefix + name, value])),
  );
const lines = (annotations: Record<string, string>, more: object = {}) =>
  wishes({ name: 'x', endpoints: [], redirectsToTls: false, options: read(annotations).options, ...more });

describe('annotations become', () => {
  const table: [Record<string, string>, string[]][] = [
    [
      { 'proxy-body-size': '8m' },
      ['http-request deny deny_status 413 if { req.hdr(content-length) -m int gt 8388608 }'],
    ],
    [{ 'proxy-body-size': '0' }, []],
    [
      { 'whitelist-source-range': '10.0.0.0/8, 172.30.0.1' },
      ['http-request deny deny_status 403 unless { src 10.0.0.0/8 172.30.0.1 }'],
    ],
    [{ 'denylist-source-range': '10.0.0.0/8' }, ['http-request deny deny_status 403 if { src 10.0.0.0/8 }']],
    [
      { 'proxy-read-timeout': '3600', 'proxy-connect-timeout': '3' },
      ['timeout connect 3s', 'timeout server 3600s'],
    ],
    [
      { 'permanent-redirect': 'https://example.com/100%' },
      ["http-request redirect location 'https://example.com/100%%' code 301"],
    ],
    [{ 'app-root': '/app' }, ["http-request redirect location '/app' code 302 if { path / }"]],
    [{ 'upstream-vhost': 'inner' }, ["http-request set-header Host 'inner'"]],
    [
      { affinity: 'cookie', 'session-cookie-name': 'route' },
      ['cookie route insert indirect nocache httponly dynamic', 'dynamic-cookie-key switchboard'],
    ],
    [{ 'session-cookie-name': 'route' }, []],
    [{ 'auth-url': 'http://auth/' }, ['http-request deny deny_status 503']],
  ];
  for (const [annotations, wanted] of table)
    test(JSON.stringify(annotations), () => assert.deepEqual(lines(annotations), wanted));

  test('a path replaced wholly, or by groups', () => {
    assert.deepEqual(lines({}, { rewrite: { target: '/' } }), ["http-request set-path '/'"]);
    assert.deepEqual(lines({}, { rewrite: { pattern: '/some(/|$)(.*)', target: '/x/$2' } }), [
      "http-request replace-path '(?i)^/some(/|$)(.*)' '/x/\\2'",
    ]);
  });
  test('a redirect to https', () => {
    assert.deepEqual(lines({}, { redirectsToTls: true }), [
      'http-request redirect prefix https://%[var(txn.host)] code 308 unless { ssl_fc }',
    ]);
  });
});

describe('annotations that cannot be carried out', () => {
  test('are told, and ignored', () => {
    const { problems, options } = read({ 'limit-rps': '5', 'use-regex': 'yes', 'ssl-redirect': 'false' });
    assert.deepEqual(problems, [
      `annotation ${prefix}limit-rps is not supported and ignored`,
      `annotation ${prefix}use-regex: "yes": must be "true" or "false": ignored`,
    ]);
    assert.equal(options.sslRedirect, false);
  });
  test('close the Ingress when they guard it', () => {
    for (const annotations of [{ 'auth-type': 'basic' }, { 'whitelist-source-range': 'nowhere' }]) {
      const { problems, options } = read(annotations);
      assert.equal(options.closed, true);
      assert.match(problems[0] ?? '', /the Ingress answers 503$/);
    }
  });
  test('cannot end their quotes or their line', () => {
    for (const value of ["/'", '/\n    http-request allow', ''])
      assert.equal(read({ 'rewrite-target': value }).options.rewriteTarget, undefined);
  });
  test('of somebody else are not looked at', () => {
    assert.deepEqual(readAnnotations({ 'cert-manager.io/cluster-issuer': 'letsencrypt' }).problems, []);
  });
});
