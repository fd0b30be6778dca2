import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAuthority, issueServerCertificate } from '../lib/pki/certificate.ts';
import type { Site } from './contract.ts';
import { ingressOf, serviceAt, worldOf } from './testing/world.ts';
import { translate } from './translate.ts';

const site = (...texts: string[]): Site => translate(worldOf(...texts));
const routes = ({ routes }: Site) =>
  routes.map(({ host, match, path, backend }) => `${host}${path} ${match} ${backend}`);
const said = ({ problems }: Site) => problems.map(({ message }) => message);

describe('routes', () => {
  test('have the host, the path, how it matches, and the backend', () => {
    const found = site(
      serviceAt('api', '10.244.0.5:8080'),
      serviceAt('web', '10.244.0.6:80', '10.244.1.7:80'),
      ingressOf({
        paths: [
          'app.example.com/api Prefix api',
          'app.example.com/ping Exact web',
          '*.example.com/ Prefix web',
          '/old ImplementationSpecific web',
        ],
      }),
    );
    assert.deepEqual(routes(found), [
      'app.example.com/api prefix default_api_80',
      'app.example.com/ping exact default_web_80',
      '*.example.com/ prefix default_web_80',
      '*/old start default_web_80',
    ]);
    assert.deepEqual(
      found.backends.map(({ name, endpoints }) => [name, ...endpoints.map((e) => `${e.address}:${e.port}`)]),
      [
        ['default_api_80', '10.244.0.5:8080'],
        ['default_web_80', '10.244.0.6:80', '10.244.1.7:80'],
      ],
    );
    assert.deepEqual(said(found), []);
  });

  test('are only those of our classes', () => {
    const paths = ['/ Prefix web'];
    const other = ingressOf({ paths }).replace('"nginx"', '"other"');
    const none = ingressOf({ paths }).replace('"ingressClassName":"nginx",', '');
    const old = none.replace('"annotations":{}', '"annotations":{"kubernetes.io/ingress.class":"nginx"}');
    assert.deepEqual(routes(site(serviceAt('web'), other)), []);
    assert.deepEqual(routes(site(serviceAt('web'), none)), []);
    assert.deepEqual(routes(site(serviceAt('web'), old)), ['*/ prefix default_web_80']);
  });

  test('of the oldest Ingress stay when a younger one wants the same', () => {
    const found = site(
      serviceAt('web'),
      serviceAt('thief'),
      ingressOf({ name: 'a', created: '2026-02-02T00:00:00Z', paths: ['x.org/shop/ Prefix thief'] }),
      ingressOf({ name: 'b', created: '2026-01-01T00:00:00Z', paths: ['x.org/shop Prefix web'] }),
    );
    assert.deepEqual(routes(found), ['x.org/shop prefix default_web_80']);
    assert.deepEqual(said(found), ['x.org/shop/ is carried out for default/b, which is older']);
    assert.deepEqual(
      found.problems.map(({ ingress }) => ingress.metadata.name),
      ['a'],
    );
  });

  test('fall to the default backend, of all hosts or of those with rules', () => {
    const all = site(serviceAt('web'), ingressOf({ paths: [], defaultBackend: 'web' }));
    assert.deepEqual(routes(all), ['*/ prefix default_web_80']);
    const own = site(
      serviceAt('web'),
      serviceAt('api'),
      ingressOf({ paths: ['x.org/api Prefix api', 'y.org/ Prefix api'], defaultBackend: 'web' }),
    );
    assert.deepEqual(routes(own), [
      'x.org/api prefix default_api_80',
      'y.org/ prefix default_api_80',
      'x.org/ prefix default_web_80',
    ]);
  });

  test('with a pattern are patterns when the Ingress rewrites, whatever their type', () => {
    const annotations = { 'rewrite-target': '/$2' };
    const paths = ['x.org/some(/|$)(.*) Prefix web', 'x.org/plain Prefix web'];
    const found = site(serviceAt('web'), ingressOf({ annotations, paths }));
    assert.deepEqual(
      found.routes.map(({ match }) => match),
      ['regex', 'prefix'],
    );
    assert.deepEqual(
      found.backends.map(({ name, rewrite }) => [name, rewrite]),
      [
        ['default_web_80_shop_1', { pattern: '/some(/|$)(.*)', target: '/$2' }],
        ['default_web_80_shop_2', { target: '/' }],
      ],
    );
  });

  for (const path of ['/a b', "/a'", '/a\n  acl x', '/(unclosed', '/\\u0041', '/[^]'])
    test(`${JSON.stringify(path)} is refused, so that the others can be loaded`, () => {
      const annotations = { 'use-regex': 'true' };
      const text = ingressOf({ annotations, paths: ['x.org/PATH ImplementationSpecific web'] });
      const found = site(serviceAt('web'), text.replace('/PATH', JSON.stringify(path).slice(1, -1)));
      assert.deepEqual(routes(found), []);
      assert.equal(found.problems[0]?.reason, 'Path');
    });
});

describe('a backend', () => {
  const slice = (endpoints: string) => `
kind: EndpointSlice
metadata: {name: web-x, labels: {kubernetes.io/service-name: web}}
ports: [{name: http, port: 8080}, {name: admin, port: 9090}]
endpoints: ${endpoints}`;
  const service = `
kind: Service
metadata: {name: web}
spec: {ports: [{name: http, port: 80}, {name: admin, port: 81}]}`;
  const addresses = (found: Site) => found.backends[0]?.endpoints.map((e) => `${e.address}:${e.port}`);

  test('is found by the name of the port too', () => {
    const text = ingressOf({ paths: ['/ Prefix web'] }).replace('{"number":80}', '{"name":"admin"}');
    assert.deepEqual(addresses(site(service, slice('[{addresses: [10.244.0.9]}]'), text)), [
      '10.244.0.9:9090',
    ]);
  });
  test('has the endpoints that are ready', () => {
    const some = slice(
      '[{addresses: [10.244.0.9], conditions: {ready: true}}, {addresses: [10.244.0.8], conditions: {ready: false}}]',
    );
    assert.deepEqual(addresses(site(service, some, ingressOf({ paths: ['/ Prefix web'] }))), [
      '10.244.0.9:8080',
    ]);
  });
  test('that leads nowhere is there, empty, and the owner is told', () => {
    const none = site(ingressOf({ paths: ['/ Prefix web'] }));
    assert.deepEqual([addresses(none), said(none)], [[], ['Service default/web does not exist']]);
    const port = ingressOf({ paths: ['/ Prefix web'] }).replace(':80}', ':8}');
    assert.deepEqual(said(site(service, port)), ['Service default/web has no port 8']);
  });
  test('is one for all Ingresses that want nothing special', () => {
    const one = ingressOf({ name: 'one', paths: ['x.org/ Prefix web'] });
    const two = ingressOf({
      name: 'two',
      paths: ['y.org/ Prefix web'],
      annotations: { 'proxy-body-size': '8m' },
    });
    assert.deepEqual(
      site(service, one, two).backends.map(({ name }) => name),
      ['default_web_80', 'default_web_80_two_1'],
    );
  });
});

describe('TLS', () => {
  const tls = [{ hosts: ['x.org'], secretName: 'x' }];
  const secret = (certificate: string, key: string) => `
kind: Secret
metadata: {name: x}
data: {tls.crt: ${Buffer.from(certificate).toString('base64')}, tls.key: ${Buffer.from(key).toString('base64')}}`;
  const nowMs = Date.now();

  test('shows the certificate of the Secret, and redirects unless it is told not to', async () => {
    const authority = await createAuthority({ commonName: 'test', nowMs });
    const pair = await issueServerCertificate(authority, { commonName: 'x.org', dnsNames: ['x.org'], nowMs });
    const text = secret(pair.certificate, pair.privateKey);
    const paths = ['x.org/ Prefix web', 'y.org/ Prefix web'];
    const found = site(serviceAt('web'), text, ingressOf({ tls, paths }));
    assert.deepEqual(
      found.certificates.map(({ name, hosts }) => [name, hosts]),
      [['default_x', ['x.org']]],
    );
    assert.ok(found.certificates[0]?.pem.includes('PRIVATE KEY'));
    assert.deepEqual(
      found.backends.map(({ redirectsToTls }) => redirectsToTls),
      [true, false],
    );
    const plain = ingressOf({ tls, paths, annotations: { 'ssl-redirect': 'false' } });
    assert.deepEqual(
      site(serviceAt('web'), text, plain).backends.map((b) => b.redirectsToTls),
      [false],
    );

    const other = await issueServerCertificate(authority, { commonName: 'x.org', nowMs });
    const unfit = site(
      serviceAt('web'),
      secret(pair.certificate, other.privateKey),
      ingressOf({ tls, paths }),
    );
    assert.deepEqual(unfit.certificates, []);
    assert.match(said(unfit)[0] ?? '', /^Secret default\/x has a key of another certificate/);
  });
  test('without its Secret goes on with our own certificate, and says so', () => {
    const found = site(serviceAt('web'), ingressOf({ tls, paths: ['x.org/ Prefix web'] }));
    assert.deepEqual(found.certificates, []);
    assert.deepEqual(said(found), [
      "Secret default/x does not exist: the controller's own certificate is shown instead",
    ]);
    assert.ok(found.refersTo.has('Secret/default/x'));
    const broken = site(
      serviceAt('web'),
      secret('no', 'pem'),
      ingressOf({ tls, paths: ['x.org/ Prefix web'] }),
    );
    assert.match(said(broken)[0] ?? '', /is not a certificate and a private key in PEM/);
  });
});
