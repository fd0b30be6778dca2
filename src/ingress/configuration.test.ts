import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf } from './configuration.ts';
import { place } from './slots.ts';
import { ingressOf, serviceAt, worldOf } from './testing/world.ts';
import { translate } from './translate.ts';

const at = { directory: '/run/ingress', bind: { http: ':80', https: ':443', health: ':10254' } };

function files(...texts: string[]) {
  const site = translate(worldOf(...texts));
  const slots = new Map(site.backends.map(({ name, endpoints }) => [name, place([], endpoints)]));
  return filesOf(site, slots, at, 'revision-7');
}

test('a backend reads like one that a person wrote', () => {
  const text =
    files(serviceAt('web', '10.244.0.5:8080'), ingressOf({ paths: ['/ Prefix web'] })).get('haproxy.cfg') ??
    '';
  assert.ok(
    text.includes(`
backend default_web_80
    balance roundrobin
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    server s1 10.244.0.5:8080
    server s2 127.0.0.1:9 disabled
    server s3 127.0.0.1:9 disabled
    server s4 127.0.0.1:9 disabled
`),
    text,
  );
  assert.ok(text.includes('    description revision-7\n'));
});

test('maps lead from host and path to the backend', () => {
  const found = files(
    serviceAt('web'),
    serviceAt('api'),
    ingressOf({
      paths: [
        'x.org/ Prefix web',
        'x.org/api/ Prefix api',
        'x.org/ping Exact api',
        '*.x.org/img ImplementationSpecific web',
        '/ Prefix web',
      ],
    }),
  );
  assert.equal(found.get('hosts.map'), 'x.org x.org\n*.x.org *.x.org\n* *\n');
  assert.equal(found.get('exact.map'), 'x.org/ping default_api_80\n');
  assert.equal(
    found.get('beginnings.map'),
    'x.org/ default_web_80\nx.org/api/ default_api_80\n*.x.org/img default_web_80\n*/ default_web_80\n',
  );
  assert.equal(found.get('patterns.map'), '');
});

test('a host with a pattern has patterns only, the longest first', () => {
  const found = files(
    serviceAt('web'),
    ingressOf({
      annotations: { 'use-regex': 'true' },
      paths: ['x.org/ Prefix web', 'x.org/item/[0-9]+ ImplementationSpecific web', 'x.org/a.b Prefix web'],
    }),
  );
  assert.equal(
    found.get('patterns.map'),
    String.raw`^x\.org(?i:/item/[0-9]+) default_web_80
^x\.org/a\.b(/|$) default_web_80
^x\.org(/|$) default_web_80
`,
  );
  assert.equal(found.get('beginnings.map'), '');
});

test('backends that speak TLS or HTTP/2 are spoken to so', () => {
  const server = (protocol: string) =>
    files(
      serviceAt('web', '10.244.0.5:1'),
      ingressOf({ annotations: { 'backend-protocol': protocol }, paths: ['/ Prefix web'] }),
    )
      .get('haproxy.cfg')
      ?.match(/server s1 (.*)/)?.[1];
  assert.equal(server('HTTPS'), '10.244.0.5:1 ssl verify none');
  assert.equal(server('GRPC'), '10.244.0.5:1 proto h2');
  assert.equal(server('grpcs'), '10.244.0.5:1 ssl verify none alpn h2');
});
