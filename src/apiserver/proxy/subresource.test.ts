import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { WebSocket, WebSocketServer } from 'ws';
import { parse } from 'yaml';
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import { systemClock } from '../../lib/clock.ts';
import { openMemory } from '../../store/index.ts';
import { createHandler } from '../handler.ts';
import { type TestAuthority, testAuthority } from '../http/testCerts.ts';
import { type ApiServer, createServer as createApiServer } from '../server.ts';
import { type KubeletProxy, kubeletProxy } from './index.ts';

const pod: Pod = parse(`
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}, {name: tls, containerPort: 8443}]}]}
status: {podIP: 10.244.0.5}
`);
const service: Service = parse(`
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}, {name: tls, port: 443}]}
`);
const slice: EndpointSlice = parse(`
metadata: {name: web-1, namespace: shop}
addressType: IPv4
ports: [{name: http, port: 8080}, {name: tls, port: 8443}]
endpoints: [{addresses: [10.244.0.5], conditions: {ready: true}}, {addresses: [10.244.0.6], conditions: {ready: false}}]
`);
const pods: Record<string, Pod> = {
  web: pod,
  sly: { ...pod, status: { podIP: '127.0.0.1' } },
  new: { ...pod, status: {} },
  down: { ...pod, status: { podIP: '10.244.0.9' } },
};

let authority: TestAuthority;
/** Two programs in the pod. */
let plain: Server;
let secure: Server;
let onRequest: (req: IncomingMessage, res: ServerResponse) => void;
let seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
let sockets: WebSocketServer;
/** Where connections were asked for. */
let dialled: string[] = [];
let api: ApiServer;
let proxy: KubeletProxy;
let apiPort = 0;
let verbs: string[] = [];
let allowed = true;

before(async () => {
  authority = await testAuthority();
  const serving = await authority.issue('CN=127.0.0.1');
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers });
    onRequest(req, res);
  };
  plain = createServer(answer);
  secure = createHttpsServer(serving, answer);
  sockets = new WebSocketServer({ server: plain });
  sockets.on('connection', (socket, req) => {
    seen.push({ method: 'GET', url: req.url ?? '', headers: req.headers });
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  for (const server of [plain, secure]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const ports: Record<number, () => number> = { 8080: () => portOf(plain), 8443: () => portOf(secure) };
  const kubelet = await authority.issue('CN=apiserver');
  proxy = kubeletProxy({
    pod: async (_, name) => pods[name],
    service: async (_, name) => (name === 'web' || name === 'empty' ? service : undefined),
    endpointSlices: async (_, name) => (name === 'web' ? [slice] : []),
    nodeAddress: async (name) => (name === 'dev-1' ? '127.0.0.1' : undefined),
    random: () => 0.9,
    connect: ({ host, port }) => {
      dialled.push(`${host}:${port}`);
      return connect({ host: '127.0.0.1', port: host === '10.244.0.9' ? 1 : (ports[port]?.() ?? 1) });
    },
    clientCert: kubelet.cert,
    clientKey: kubelet.key,
    ca: authority.ca,
    port: portOf(secure),
  });
  const authorizer = {
    authorize: ({
      verb,
      resource,
    }: {
      verb: string;
      resource?: { plural: string; subresource?: string };
    }) => {
      verbs.push(`${verb} ${resource?.plural}/${resource?.subresource}`);
      return { allowed, reason: 'RBAC' };
    },
  };
  const store = openMemory();
  api = createApiServer({
    handler: createHandler({
      store,
      clock: systemClock,
      authorizer,
      proxy: (request) => proxy.answer(request),
    }),
    authenticate: async ({ headers }) =>
      headers['authorization'] === 'Bearer wrong' ? undefined : { name: 'jane', groups: [] },
    authorizer,
    upgrade: proxy.upgrade,
    tls: { ...serving, clientCa: authority.ca },
    limits: { closeMs: 100 },
  });
  apiPort = await api.listen({ port: 0, host: '127.0.0.1' });
});

after(async () => {
  proxy.close();
  await api.close();
  sockets.close();
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  [seen, dialled, verbs, allowed] = [[], [], [], true];
  onRequest = (_, res) => res.end('hello');
});

interface Got {
  code: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const base = '/api/v1/namespaces/shop';

async function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Got> {
  const req = httpsRequest({
    host: '127.0.0.1',
    port: apiPort,
    path,
    method,
    headers,
    agent: false,
    ca: authority.ca,
  });
  req.end(body);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  return { code: res.statusCode ?? 0, headers: res.headers, body: await text(res) };
}

const messageOf = ({ code, body }: Got) => [code, (JSON.parse(body) as { message: string }).message];

describe('a pod is reached', () => {
  test('at its first port, a port by number or name, and over TLS', async () => {
    for (const id of ['web', 'web:8080', 'web:http', 'http:web:http', 'http:web:'])
      assert.equal((await ask(`${base}/pods/${id}/proxy/`)).body, 'hello');
    for (const id of ['https:web:8443', 'https:web:tls'])
      assert.equal((await ask(`${base}/pods/${id}/proxy/`)).body, 'hello');
    assert.deepEqual(new Set(dialled), new Set(['10.244.0.5:8080', '10.244.0.5:8443']));
  });

  test('with the path and the query word for word', async () => {
    await ask(`${base}/pods/web/proxy/a%2Fb//c/?x=1&y&z=%20`);
    assert.equal(seen[0]?.url, '/a%2Fb//c/?x=1&y&z=%20');
    assert.equal(seen[0]?.headers['x-forwarded-uri'], `${base}/pods/web/proxy/a%2Fb//c/`);
    assert.equal(seen[0]?.headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(seen[0]?.headers.host, `127.0.0.1:${apiPort}`);
  });

  test('without what says who asks, and without what belongs to the connection', async () => {
    await ask(`${base}/pods/web/proxy/`, {
      headers: {
        authorization: 'Bearer secret',
        cookie: 'a=b',
        connection: 'x-own',
        'x-own': '1',
        te: 'trailers',
      },
    });
    const { authorization, cookie, te, 'x-own': own } = seen[0]?.headers ?? {};
    assert.deepEqual([authorization, cookie, te, own], [undefined, 'a=b', undefined, undefined]);
  });

  test('by every method, with its body, and each needs a right of its own', async () => {
    onRequest = (req, res) => void text(req).then((body) => res.writeHead(207).end(`${req.method} ${body}`));
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      assert.equal(
        (await ask(`${base}/pods/web/proxy/`, { method, body: 'x', headers: { 'content-length': '1' } }))
          .body,
        `${method} x`,
      );
    assert.equal((await ask(`${base}/pods/web/proxy/`, { method: 'OPTIONS' })).body, 'OPTIONS ');
    assert.deepEqual(
      verbs.filter((verb) => !verb.startsWith('get')),
      ['create', 'update', 'patch', 'delete'].map((verb) => `${verb} pods/proxy`),
    );
    onRequest = (_, res) => res.writeHead(200, { 'content-length': '5' }).end();
    const head = await ask(`${base}/pods/web/proxy/`, { method: 'HEAD' });
    assert.deepEqual([head.code, head.headers['content-length'], head.body], [200, '5', '']);
  });

  test('by a body of many megabytes as it comes, and back, over HTTP/2 too', async () => {
    onRequest = (req, res) => req.pipe(res);
    const session = connectHttp2(`https://127.0.0.1:${apiPort}`, { ca: authority.ca });
    const stream = session.request({ ':method': 'POST', ':path': `${base}/pods/web/proxy/echo` });
    stream.end(Buffer.alloc(8 * 1024 * 1024, 'x'));
    let bytes = 0;
    for await (const chunk of stream) bytes += (chunk as Buffer).length;
    session.close();
    assert.equal(bytes, 8 * 1024 * 1024);
    assert.match(seen[0]?.headers.host ?? '', /^127\.0\.0\.1:\d+$/);
  });

  test('and its answer comes back with its code, headers and redirections', async () => {
    onRequest = (req, res) => {
      res.writeHead(302, {
        'set-cookie': ['a=1', 'b=2'],
        'access-control-allow-origin': '*',
        'cache-control': 'max-age=60',
        location: req.url === '/out' ? 'https://example.org/x' : '/login?next=1',
      });
      res.end();
    };
    const got = await ask(`${base}/pods/web:8080/proxy/in`);
    assert.deepEqual([got.code, got.headers.location], [302, `${base}/pods/web:8080/proxy/login?next=1`]);
    assert.deepEqual(got.headers['set-cookie'], ['a=1', 'b=2']);
    assert.deepEqual(
      [got.headers['access-control-allow-origin'], got.headers['cache-control']],
      [undefined, 'max-age=60'],
    );
    assert.equal((await ask(`${base}/pods/web:8080/proxy/out`)).headers.location, 'https://example.org/x');
  });

  test('and the absolute links of its pages lead through the API server, also of packed ones', async () => {
    const page = '<a href="/rewriteme">test</a>';
    const pack: Record<string, (text: string) => Buffer> = {
      gzip: gzipSync,
      deflate: deflateSync,
      br: (text) => Buffer.from(text),
    };
    onRequest = ({ url }, res) => {
      const encoding = url?.slice(1) ?? '';
      res.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        ...(encoding && { 'content-encoding': encoding }),
      });
      res.end(pack[encoding]?.(page) ?? page);
    };
    const there = `<a href="${base}/pods/web/proxy/rewriteme">test</a>`;
    for (const encoding of ['', 'gzip', 'deflate']) {
      const got = await ask(`${base}/pods/web/proxy/${encoding}`);
      assert.deepEqual([got.body, got.headers['content-encoding']], [there, undefined]);
      assert.notEqual(got.headers['content-length'], String(page.length));
    }
    const unknown = await ask(`${base}/pods/web/proxy/br`);
    assert.deepEqual([unknown.body, unknown.headers['content-encoding']], [page, 'br']);
    onRequest = (_, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end(page);
    assert.equal((await ask(`${base}/pods/web/proxy/`)).body, page);
    onRequest = (_, res) => res.writeHead(200, { 'content-type': 'text/html', 'content-length': '29' }).end();
    const head = await ask(`${base}/pods/web/proxy/`, { method: 'HEAD' });
    assert.deepEqual([head.code, head.headers['content-length'], head.body], [200, undefined, '']);
  });

  test('below a slash, so that relative links hold', async () => {
    const got = await ask(`${base}/pods/web/proxy?a=b`);
    assert.deepEqual([got.code, got.headers.location], [301, `${base}/pods/web/proxy/?a=b`]);
  });

  test('over a WebSocket, whose token in the subprotocols stays here', async () => {
    const token = Buffer.from('right').toString('base64url');
    const socket = new WebSocket(
      `wss://127.0.0.1:${apiPort}${base}/pods/web/proxy/chat?room=1`,
      [`base64url.bearer.authorization.k8s.io.${token}`, 'chat'],
      { ca: authority.ca },
    );
    await once(socket, 'open');
    assert.equal(socket.protocol, 'chat');
    socket.send('hi');
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(data.toString(), 'hi');
    socket.close();
    await once(socket, 'close');
    assert.equal(seen[0]?.url, '/chat?room=1');
    assert.equal(seen[0]?.headers['sec-websocket-protocol'], 'chat');
    assert.deepEqual(verbs, ['get pods/proxy']);
  });

  test('by nobody whose token in the subprotocols does not hold', async () => {
    const token = Buffer.from('wrong').toString('base64url');
    for (const protocols of [
      [`base64url.bearer.authorization.k8s.io.${token}`, 'chat'],
      [`base64url.bearer.authorization.k8s.io.${token}`],
    ]) {
      const socket = new WebSocket(`wss://127.0.0.1:${apiPort}${base}/pods/web/proxy/`, protocols, {
        ca: authority.ca,
      });
      const [err] = (await once(socket, 'error')) as [Error];
      assert.match(err.message, /401/);
    }
  });
});

describe('a Service is reached', () => {
  test('at an endpoint that is ready, by the number or the name of a port', async () => {
    for (const id of ['web:80', 'web:http', 'http:web:http'])
      assert.equal((await ask(`${base}/services/${id}/proxy/`)).body, 'hello');
    assert.equal((await ask(`${base}/services/https:web:443/proxy/`)).body, 'hello');
    assert.deepEqual(new Set(dialled), new Set(['10.244.0.5:8080', '10.244.0.5:8443']));
    assert.deepEqual(new Set(verbs), new Set(['get services/proxy']));
  });

  test('not without an endpoint or such a port', async () => {
    assert.deepEqual(messageOf(await ask(`${base}/services/empty:80/proxy/`)), [
      503,
      'no endpoints available for service "empty"',
    ]);
    // Its ports have names, and none was asked for.
    assert.deepEqual(messageOf(await ask(`${base}/services/web/proxy/`)), [
      503,
      'no endpoints available for service "web"',
    ]);
    assert.deepEqual(messageOf(await ask(`${base}/services/web:81/proxy/`)), [
      503,
      'no service port 81 found for service "web"',
    ]);
    assert.deepEqual(messageOf(await ask(`${base}/services/none/proxy/`)), [
      404,
      'services "none" not found',
    ]);
  });
});

describe('a node is reached', () => {
  test('at its kubelet, as the API server', async () => {
    assert.equal((await ask('/api/v1/nodes/dev-1/proxy/healthz')).body, 'hello');
    assert.equal(seen[0]?.url, '/healthz');
    assert.deepEqual([dialled, verbs], [[], ['get nodes/proxy']]);
  });

  test('only if there is one', async () => {
    assert.deepEqual(messageOf(await ask('/api/v1/nodes/none/proxy/')), [404, 'nodes "none" not found']);
  });
});

describe('nobody is reached', () => {
  test('by who may not', async () => {
    allowed = false;
    assert.equal((await ask(`${base}/pods/web/proxy/`)).code, 403);
    assert.deepEqual(dialled, []);
  });

  test('at an address that is the API server’s own, or none', async () => {
    assert.deepEqual(messageOf(await ask(`${base}/pods/sly/proxy/`)), [400, 'address not allowed']);
    assert.deepEqual(messageOf(await ask(`${base}/pods/new/proxy/`)), [400, 'pod new has no address yet']);
    assert.equal((await ask(`${base}/pods/none/proxy/`)).code, 404);
    assert.deepEqual(messageOf(await ask(`${base}/pods/ftp:web:80/proxy/`)), [
      400,
      'invalid pod request "ftp:web:80"',
    ]);
  });

  test('where nobody listens: a 503 says why', async () => {
    assert.deepEqual(messageOf(await ask(`${base}/pods/down/proxy/`)), [
      503,
      'error trying to reach service: dial tcp 10.244.0.9:8080: connect: connection refused',
    ]);
  });

  test('when the program in the pod breaks off: so does the answer', async () => {
    onRequest = (_, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half');
      setImmediate(() => res.destroy());
    };
    await assert.rejects(ask(`${base}/pods/web/proxy/`));
    onRequest = (_, res) => res.end('again');
    assert.equal((await ask(`${base}/pods/web/proxy/`)).body, 'again');
  });

  test('any longer when the client goes', async () => {
    const gone = new Promise<void>((resolve) => {
      onRequest = (req, res) => {
        res.write('first');
        req.socket.once('close', () => resolve());
      };
    });
    const req = httpsRequest({
      host: '127.0.0.1',
      port: apiPort,
      path: `${base}/pods/web/proxy/`,
      agent: false,
      ca: authority.ca,
    });
    req.on('error', () => {});
    req.end();
    await once(req, 'response');
    req.destroy();
    await gone;
  });
});
