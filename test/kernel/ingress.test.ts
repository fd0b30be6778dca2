/** Ingresses in YAML, the image's HAProxy on the loopback, and requests through it to real servers. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { imagesDir } from '../../src/cluster/paths.ts';
import { loader } from '../../src/ingress/loader.ts';
import { haproxy, type Proxy } from '../../src/ingress/proxy.ts';
import { type IngressText, ingressOf, serviceAt, worldOf } from '../../src/ingress/testing/world.ts';
import { translate } from '../../src/ingress/translate.ts';
import { imageStore } from '../../src/kubelet/images/store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createAuthority, issueServerCertificate } from '../../src/lib/pki/certificate.ts';
import { freePort } from '../../src/lib/testing/freePort.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchboard-ingress-'));
const names = ['web', 'api', 'img', 'other'] as const;
const servers = new Map<string, http.Server>();
const ended: (number | null)[] = [];
let proxy: Proxy;
let ports: { http: number; https: number; health: number };
let bring: ReturnType<typeof loader>['bring'];

/** Says its name and what it was asked. */
async function serve(name: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, url: request.url, headers: request.headers }));
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message: Buffer) => socket.send(`${name} heard ${message.toString()}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
const portOf = (server: http.Server | undefined) => (server?.address() as AddressInfo | undefined)?.port ?? 0;

/** The image's program with the image's libraries, copied: an image that is built anew takes its files away. */
async function program(): Promise<string> {
  const image = await imageStore({ dir: imagesDir }).find('switchboard/ingress');
  assert.ok(image, 'the image switchboard/ingress is not there: run make setup');
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const [file, real, libraries] = ['haproxy', 'haproxy.real', 'libraries'].map((name) =>
    join(directory, name),
  );
  assert.ok(file && real && libraries);
  cpSync(`${image.rootfs}/usr/sbin/haproxy`, real);
  cpSync(`${image.rootfs}/usr/lib/${architecture}-linux-gnu`, libraries, {
    recursive: true,
    verbatimSymlinks: true,
  });
  writeFileSync(file, `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${real} "$@"\n`, { mode: 0o755 });
  return file;
}

before(async () => {
  for (const name of names) servers.set(name, await serve(name));
  const [a, b, c] = await Promise.all([freePort(), freePort(), freePort()]);
  ports = { http: a, https: b, health: c };
  const bind = { http: `127.0.0.1:${a}`, https: `127.0.0.1:${b}`, health: `127.0.0.1:${c}` };
  const onExit = (code: number | null) => void ended.push(code);
  proxy = haproxy({ directory, program: await program(), clock: systemClock, onExit });
  const nowMs = Date.now();
  const authority = await createAuthority({ commonName: 'own', nowMs });
  const own = await issueServerCertificate(authority, { commonName: 'own', nowMs });
  ({ bring } = loader(proxy, { directory, bind }, own.certificate + own.privateKey));
});
after(async () => {
  await proxy?.stop();
  for (const server of servers.values()) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

const here = (name: string) => serviceAt(name, `127.0.0.1:${portOf(servers.get(name))}`);
const apply = (ingress: IngressText, ...more: string[]) =>
  bring(translate(worldOf(...names.map(here), ingressOf(ingress), ...more)));

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  seen: { name?: string; url?: string; headers?: Record<string, string> };
  certificate?: string;
}

function ask(
  url: string,
  options: http.RequestOptions & { tls?: boolean; body?: string } = {},
): Promise<Answer> {
  const slash = url.indexOf('/');
  const [host, path] = [url.slice(0, slash), url.slice(slash)];
  const { tls, body = '', ...more } = options;
  return new Promise((resolve, reject) => {
    const request = (tls ? https : http).request({
      host: '127.0.0.1',
      port: tls ? ports.https : ports.http,
      path,
      agent: false,
      timeout: 10_000,
      servername: host,
      rejectUnauthorized: false,
      ...more,
      headers: { host, ...(options.headers as object) },
    } as https.RequestOptions);
    request.on('timeout', () => request.destroy(new Error(`${url}: no answer`)));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      const certificate = tls && (response.socket as TLSSocket).getPeerCertificate().subject?.CN;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const seen = text.startsWith('{') ? JSON.parse(text) : {};
        const { statusCode: status = 0, headers } = response;
        resolve({
          status,
          headers,
          body: text,
          seen,
          ...(certificate && { certificate: String(certificate) }),
        });
      });
    });
    request.end(body);
  });
}
const whom = async (url: string) => {
  const { status, seen } = await ask(url);
  return seen.name ?? status;
};

describe('requests are carried', { timeout: 60_000 }, () => {
  test('by host and path', async () => {
    await apply({
      paths: [
        'shop.org/ Prefix web',
        'shop.org/api Prefix api',
        'shop.org/api/v1/ Prefix other',
        'shop.org/api/img Exact img',
        'shop.org/raw ImplementationSpecific img',
        'only.org/api Prefix api',
        '*.wild.org/ Prefix img',
        'one.wild.org/ Prefix api',
        '/catch Prefix other',
      ],
    });
    // https://kubernetes.io/docs/concepts/services-networking/ingress/#examples
    const table: Record<string, string | number> = {
      'shop.org/': 'web',
      'SHOP.org:8080/': 'web',
      'shop.org/apis': 'web',
      'shop.org/api': 'api',
      'shop.org/api/': 'api',
      'shop.org/api?x=/api/v1': 'api',
      'shop.org/api/x': 'api',
      'shop.org/api/v1': 'other',
      'shop.org/api/v1/x': 'other',
      'shop.org/api/v12': 'api',
      'shop.org/api/img': 'img',
      'shop.org/api/img/': 'api',
      'shop.org/API': 'web',
      'shop.org/rawest': 'img',
      // As a backend would understand them.
      'shop.org//api': 'api',
      'shop.org/x/../api': 'api',
      'shop.org/%61pi': 'api',
      'only.org/': 404,
      'only.org/catch': 404,
      'a.wild.org/': 'img',
      'one.wild.org/': 'api',
      'a.b.wild.org/': 404,
      'wild.org/': 404,
      'elsewhere.org/catch/x': 'other',
      'elsewhere.org/': 404,
    };
    for (const [url, wanted] of Object.entries(table)) assert.equal(await whom(url), wanted, url);
    assert.equal((await ask('nobody.org/')).body, 'default backend - 404');
    assert.equal((await ask('shop.org/x/../api?q=1')).seen.url, '/x/../api?q=1');
  });

  test('to the default backend, and to nobody where there are no endpoints', async () => {
    await apply({
      paths: ['shop.org/api Prefix api', 'shop.org/none Prefix missing'],
      defaultBackend: 'web',
    });
    assert.equal(await whom('shop.org/x'), 'web');
    assert.equal(await whom('shop.org/none'), 503);
  });

  test('with the path rewritten', async () => {
    const paths = [
      'x.org/some(/|$)(.*) ImplementationSpecific web',
      'x.org/flat Prefix api',
      'x.org/ Prefix img',
    ];
    await apply({ annotations: { 'rewrite-target': '/to/$2' }, paths });
    assert.equal((await ask('x.org/some/thing/new?q=1')).seen.url, '/to/thing/new?q=1');
    assert.equal((await ask('x.org/SOME')).seen.url, '/to/');
    assert.equal(await whom('x.org/something'), 'img');
    assert.deepEqual((await ask('x.org/flat/x')).seen.url, '/to/');
  });

  test('with the names of who asked', async () => {
    await apply({ paths: ['x.org/ Prefix web'] });
    const { seen } = await ask('x.org:8080/', {
      headers: { 'x-forwarded-for': '9.9.9.9', 'x-real-ip': '9.9.9.9' },
    });
    const { headers = {} } = seen;
    assert.equal(headers['host'], 'x.org:8080');
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-real-ip'], '127.0.0.1');
    assert.equal(headers['x-forwarded-host'], 'x.org:8080');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.match(headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
    assert.equal((await ask('x.org/', { tls: true })).seen.headers?.['x-forwarded-proto'], 'https');
  });

  test('over HTTP/2 and as proxies ask, and look the same to the backend', async () => {
    await apply({ paths: ['x.org/ Prefix web'] });
    const session = connect(`https://127.0.0.1:${ports.https}`, { rejectUnauthorized: false });
    const stream = session.request({ ':authority': 'x.org', ':path': '/a/../b?q=1' });
    let text = '';
    for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
    session.destroy();
    const { url, headers } = JSON.parse(text) as Answer['seen'];
    assert.deepEqual([url, headers?.['host']], ['/a/../b?q=1', 'x.org']);
    assert.equal((await ask('x.org/', { method: 'OPTIONS', path: '*' })).seen.name, 'web');
  });

  test('when they become WebSockets', async () => {
    await apply({ paths: ['x.org/ws Prefix web'] });
    const socket = new WebSocket(`ws://127.0.0.1:${ports.http}/ws`, { headers: { host: 'x.org' } });
    const heard = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send('hello'));
      socket.on('message', (data: Buffer) => resolve(data.toString()));
    });
    assert.equal(heard, 'web heard hello');
    socket.terminate();
  });

  test('or not, as annotations say', async () => {
    await apply({ annotations: { 'proxy-body-size': '1k' }, paths: ['x.org/ Prefix web'] });
    const post = (size: number) => ask('x.org/', { method: 'POST', body: 'x'.repeat(size) });
    assert.deepEqual([(await post(1024)).status, (await post(1025)).status], [200, 413]);
    for (const [annotations, status] of [
      [{ 'whitelist-source-range': '10.0.0.0/8' }, 403],
      [{ 'whitelist-source-range': '10.0.0.0/8,127.0.0.1' }, 200],
      [{ 'denylist-source-range': '127.0.0.0/8' }, 403],
      [{ 'auth-url': 'http://auth' }, 503],
      [{ 'temporal-redirect': 'http://y.org/' }, 302],
      [{ 'force-ssl-redirect': 'true' }, 308],
    ] as const) {
      await apply({ annotations, paths: ['x.org/ Prefix web'] });
      assert.equal((await ask('x.org/')).status, status, JSON.stringify(annotations));
    }
  });

  test('to the same endpoint for who has its cookie', async () => {
    const two = serviceAt(
      'two',
      ...(['web', 'api'] as const).map((n) => `127.0.0.1:${portOf(servers.get(n))}` as const),
    );
    await apply({ annotations: { affinity: 'cookie' }, paths: ['x.org/ Prefix two'] }, two);
    const first = await ask('x.org/');
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    assert.match(cookie, /^INGRESSCOOKIE=/);
    const again = await Promise.all(Array.from({ length: 6 }, () => ask('x.org/', { headers: { cookie } })));
    assert.deepEqual(new Set(again.map(({ seen }) => seen.name)), new Set([first.seen.name]));
  });
});

describe('TLS', { timeout: 60_000 }, () => {
  test('shows each host its certificate, and sends plain HTTP on to it', async () => {
    const nowMs = Date.now();
    const authority = await createAuthority({ commonName: 'test', nowMs });
    const pair = await issueServerCertificate(authority, { commonName: 'of x', dnsNames: ['x.org'], nowMs });
    const secret = JSON.stringify({
      kind: 'Secret',
      metadata: { name: 'x' },
      data: {
        'tls.crt': Buffer.from(pair.certificate).toString('base64'),
        'tls.key': Buffer.from(pair.privateKey).toString('base64'),
      },
    });
    const tls = [{ hosts: ['x.org'], secretName: 'x' }];
    await apply({ tls, paths: ['x.org/ Prefix web', 'y.org/ Prefix web'] }, secret);
    const own = await ask('x.org/a', { tls: true });
    assert.deepEqual([own.status, own.certificate], [200, 'of x']);
    assert.equal((await ask('y.org/', { tls: true })).certificate, 'own');
    const plain = await ask('x.org:8080/a?b=1');
    assert.deepEqual([plain.status, plain.headers.location], [308, 'https://x.org/a?b=1']);
    assert.equal(await whom('y.org/'), 'web');
  });
});

describe('changes', { timeout: 60_000 }, () => {
  /** Requests one after the other until `work` is done; all must be answered. */
  async function whileAsking(work: () => Promise<void>): Promise<Set<string | number>> {
    let done = false;
    const seen = new Set<string | number>();
    const client = (async () => {
      while (!done) seen.add(await whom('x.org/'));
    })();
    try {
      await work();
    } finally {
      done = true;
      await client;
    }
    return seen;
  }

  test('of endpoints reach the running proxy, of routes a new one, and no request fails', async () => {
    const at = (name: string) => serviceAt('web', `127.0.0.1:${portOf(servers.get(name))}`);
    const site = (name: string, ...paths: string[]) =>
      translate(worldOf(at(name), ingressOf({ paths: ['x.org/ Prefix web', ...paths] })));
    await bring(site('web'));
    const outcomes: string[] = [];
    const seen = await whileAsking(async () => {
      for (let round = 0; round < 3; round++)
        for (const name of ['api', 'web']) {
          outcomes.push(await bring(site(name)));
          assert.equal(await whom('x.org/'), name);
          outcomes.push(await bring(site(name, `y.org/${round}${name} Prefix web`)));
        }
    });
    assert.deepEqual(seen, new Set(['web', 'api']));
    assert.ok(outcomes.includes('told') && outcomes.includes('loaded'), outcomes.join());
  });

  test('that the proxy cannot load leave it as it was', async () => {
    await apply({ paths: ['x.org/ Prefix web'] });
    const broken = new Map([['haproxy.cfg', 'frontend broken\n    no such thing\n']]);
    await assert.rejects(proxy.load(broken, 'broken'), /no such thing|unknown keyword/i);
    assert.equal(await whom('x.org/'), 'web');
    assert.deepEqual(ended, []);
  });

  test('are known to be in force by the health of the proxy', async () => {
    const health = await fetch(`http://127.0.0.1:${ports.health}/healthz`);
    assert.equal(health.status, 200);
    const metrics = await (await fetch(`http://127.0.0.1:${ports.health}/metrics`)).text();
    assert.match(metrics, /haproxy_backend_http_responses_total\{proxy="default_web_80"/);
  });
});
