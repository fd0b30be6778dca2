/** Clients that are slow, silent, rude or gone: the server stays up, and nothing of them is left. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { createServer as createHttpsServer, request as httpsRequest, type Server } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { Pod } from '../api/types.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract.ts';
import { openMemory } from '../store/index.ts';
import { createHandler } from './handler.ts';
import { type TestAuthority, type TestCertificate, testAuthority } from './http/testCerts.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { type KubeletProxy, kubeletProxy } from './proxy/index.ts';
import { type ApiServer, createServer, type Limits } from './server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pod: Pod = parse(
  '{metadata: {name: web}, spec: {nodeName: a, containers: [{name: main}]}, status: {}}',
);

let authority: TestAuthority;
let serving: TestCertificate;
let admin: TestCertificate;
before(async () => {
  authority = await testAuthority();
  [serving, admin] = await Promise.all([authority.issue('CN=api'), authority.issue('CN=admin')]);
});

let server: ApiServer;
let store: Store;
let metrics: Metrics;
let port = 0;
let kubelet: Server;
let proxy: KubeletProxy;
let execs: { gone: Promise<unknown> }[] = [];
const sockets: TLSSocket[] = [];
const sessions: ClientHttp2Session[] = [];

/** A kubelet whose exec goes on until somebody hangs up. */
function endlessKubelet(): Server {
  const made = createHttpsServer(serving);
  made.on('upgrade', (_, socket) => {
    execs.push({ gone: once(socket, 'close') });
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: SPDY/3.1\r\n\r\n');
  });
  return made;
}

async function start(limits: Partial<Limits> = {}): Promise<void> {
  store = openMemory({ clock: systemClock, history: { changes: 500, characters: 4_000_000 } });
  metrics = createMetrics();
  const authorizer = { authorize: () => ({ allowed: true, reason: '' }) };
  proxy = kubeletProxy({
    pod: async () => pod,
    service: async () => undefined,
    endpointSlices: async () => [],
    random: Math.random,
    nodeAddress: async () => '127.0.0.1',
    clientCert: admin.cert,
    clientKey: admin.key,
    ca: authority.ca,
    port: (kubelet.address() as AddressInfo).port,
  });
  server = createServer({
    handler: createHandler({ store, authorizer, clock: systemClock, metrics }),
    authorizer,
    authenticate: async () => ({ name: 'admin', groups: [] }),
    upgrade: proxy.upgrade,
    metrics,
    tls: { ...serving, clientCa: authority.ca },
    limits: { closeMs: 500, ...limits },
  });
  port = await server.listen({ port: 0, host: '127.0.0.1' });
}

beforeEach(async () => {
  execs = [];
  kubelet = endlessKubelet();
  await once(kubelet.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const session of sessions.splice(0)) session.destroy();
  proxy.close();
  kubelet.closeAllConnections();
  kubelet.close();
  await server.close();
  await store.close();
});

async function tls(...protocols: string[]): Promise<TLSSocket> {
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    ca: authority.ca,
    ...admin,
    ALPNProtocols: protocols,
  });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

function session(): ClientHttp2Session {
  const made = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.ca, ...admin });
  made.on('error', () => {});
  sessions.push(made);
  return made;
}

async function get(path: string, headers: Record<string, string> = {}) {
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    path,
    headers,
    agent: false,
    ca: authority.ca,
    ...admin,
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { code: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const isUp = async () => assert.equal((await get('/readyz')).code, 200);

/** A line of the metrics; the connections' ends are heard a moment later. */
async function becomes(line: RegExp): Promise<void> {
  for (let tries = 0; ; tries++) {
    const text = await metrics.text();
    if (line.test(text)) return;
    if (tries === 2000) assert.match(text, line);
    await sleep(10);
  }
}

const fill = async (count: number, bytes: number) => {
  for (let i = 0; i < count; i++)
    await store.put(
      `/core/configmaps/default/m${i}`,
      { metadata: { name: `m${i}` }, data: { x: 'x'.repeat(bytes) } } as never,
      0,
    );
};

describe('the server stays up', () => {
  test('beside hundreds of connections that say nothing', async () => {
    await start();
    for (let i = 0; i < 300; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => tls(j % 2 === 0 ? 'h2' : 'http/1.1')));
    await isUp();
  });

  test('beside connections that do not even greet', async () => {
    await start({ requestMs: 2_000 });
    const silent = Array.from({ length: 50 }, () => connectTcp({ host: '127.0.0.1', port }));
    for (const socket of silent) socket.on('error', () => {});
    await isUp();
    await Promise.all(silent.map((socket) => once(socket.resume(), 'close')));
  });

  test('beside heads that never end, and lets go of them', async () => {
    await start({ requestMs: 2_000 });
    const half = await Promise.all(Array.from({ length: 20 }, () => tls('http/1.1')));
    for (const socket of half) socket.resume().write('GET /api HTTP/1.1\r\nhost: x\r\nx-half: ');
    await isUp();
    await Promise.all(half.map((socket) => once(socket, 'close')));
  });

  test('after bytes that are no HTTP', async () => {
    await start();
    for (const protocol of ['h2', 'http/1.1']) {
      const socket = await tls(protocol);
      socket.resume().write('\0\u0001nonsense\r\n\r\n'.repeat(100));
      await once(socket, 'close');
    }
    await isUp();
  });

  test('after a client that breaks off its body', async () => {
    await start();
    for (let i = 0; i < 20; i++) {
      const socket = await tls('http/1.1');
      socket.write(`POST ${maps} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{`);
      socket.destroy();
    }
    await becomes(/^apiserver_current_inflight_requests\{request_kind="mutating"\} 0$/m);
    await isUp();
  });
});

describe('nothing is left', () => {
  test('of watches whose clients are gone, however they went', async () => {
    await start();
    const one = session();
    for (let i = 0; i < 100; i++) one.request({ ':path': `${maps}?watch=true` }).on('error', () => {});
    for (let i = 0; i < 20; i++) {
      const socket = await tls('http/1.1');
      socket.write(`GET ${maps}?watch=true HTTP/1.1\r\nhost: x\r\n\r\n`);
      await once(socket, 'data');
    }
    await becomes(/^apiserver_longrunning_requests\{verb="WATCH".*\} 120$/m);
    one.destroy();
    for (const socket of sockets) socket.destroy();
    await becomes(/^apiserver_longrunning_requests\{verb="WATCH".*\} 0$/m);
  });

  test('of an exec in whose middle the client vanishes', async () => {
    await start();
    const socket = await tls('http/1.1');
    const exec = '/api/v1/namespaces/default/pods/web/exec?command=sh&stdin=true';
    socket.write(`POST ${exec} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: SPDY/3.1\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1.1 101/);
    assert.match(
      await metrics.text(),
      /^apiserver_longrunning_requests\{verb="CONNECT".*subresource="exec".*\} 1$/m,
    );
    socket.destroy();
    await execs[0]?.gone;
    await becomes(/^apiserver_longrunning_requests\{verb="CONNECT".*\} 0$/m);
    await isUp();
  });

  test('of a list that nobody reads', async () => {
    await start({ stallMs: 100 });
    await fill(100, 100_000);
    const stream = session().request({ ':path': maps });
    stream.on('error', () => {});
    // The end may come together with the beginning.
    const closed = new Promise((resolve) => stream.once('close', resolve));
    await once(stream, 'response');
    stream.pause();
    await closed;
    await isUp();
  });
});

test('a watch that does not read costs no more than the history, and is told so', async () => {
  await start({ stallMs: 60_000 });
  const stream = session().request({ ':path': `${maps}?watch=true` });
  stream.on('error', () => {});
  await once(stream, 'response');
  stream.pause();
  await fill(1000, 10_000);
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  stream.resume();
  await once(stream, 'end');
  const lines = text.trimEnd().split('\n');
  const { type, object } = JSON.parse(lines.at(-1) ?? '') as { type: string; object: { code: number } };
  assert.deepEqual([type, object.code], ['ERROR', 410]);
  assert.ok(lines.length < 1000);
  await isUp();
});

describe('as gzip', () => {
  test('goes what is long, to who takes it', async () => {
    await start();
    await fill(50, 10_000);
    const plain = await get(maps);
    const packed = await get(maps, { 'accept-encoding': 'deflate, gzip' });
    assert.deepEqual([plain.headers['content-encoding'], plain.headers.vary], [undefined, undefined]);
    assert.deepEqual([packed.headers['content-encoding'], packed.headers.vary], ['gzip', 'Accept-Encoding']);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.ok(packed.body.length < plain.body.length / 10);
    const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const openapi = await get('/openapi/v2', { 'accept-encoding': 'gzip' });
    assert.deepEqual(
      [openapi.headers['content-encoding'], openapi.headers.vary],
      ['gzip', 'Accept, Accept-Encoding'],
    );
    assert.equal(JSON.parse(gunzipSync(openapi.body).toString()).swagger, '2.0');
    assert.equal(
      (await get(maps, { ...table, 'accept-encoding': 'gzip' })).headers['content-encoding'],
      undefined,
    );
  });

  test('goes nothing that is short, and no watch', async () => {
    await start();
    await fill(1, 1000);
    const gzip = { 'accept-encoding': 'gzip' };
    const short = await get(maps, gzip);
    assert.equal(short.headers['content-encoding'], undefined);
    assert.equal(Number(short.headers['content-length']), short.body.length);
    const watch = await get(`${maps}?watch=true&timeoutSeconds=1`, gzip);
    assert.equal(watch.headers['content-encoding'], undefined);
  });
});

describe('lists of many', () => {
  test('say the same in every format, in parts', async () => {
    await start();
    await fill(100, 10);
    const names = (list: { items: { metadata: { name: string } }[] }) =>
      list.items.map((item) => item.metadata.name);
    const json = JSON.parse((await get(maps)).body.toString());
    assert.equal(json.items.length, 100);
    const yaml = parse((await get(maps, { accept: 'application/yaml' })).body.toString());
    assert.deepEqual(yaml, json);
    const { decodeEnveloped } = await import('./wire/protobuf/envelope.ts');
    const protobuf = await get(maps, { accept: 'application/vnd.kubernetes.protobuf' });
    assert.deepEqual(names(decodeEnveloped(protobuf.body) as never), names(json));
    const metadata = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    assert.deepEqual(names(JSON.parse((await get(maps, { accept: metadata })).body.toString())), names(json));
  });
});

describe('CBOR', () => {
  test('is refused with the codes at which clients fall back', async () => {
    await start();
    assert.equal((await get(maps, { accept: 'application/cbor' })).code, 406);
    assert.equal((await get(maps, { accept: 'application/cbor;q=1, application/json;q=0.9' })).code, 200);
    const request = httpsRequest({
      ...{ host: '127.0.0.1', port, path: maps, method: 'POST', agent: false, ca: authority.ca, ...admin },
      headers: { 'content-type': 'application/cbor' },
    });
    request.end(Buffer.from('d9d9f7a0', 'hex'));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const status = JSON.parse((await buffer(response)).toString());
    assert.deepEqual([response.statusCode, status.reason], [415, 'UnsupportedMediaType']);
  });
});
