import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  connect as tcpConnect,
} from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { StatusError } from '../../api/errors.ts';
import type { Pod } from '../../api/types.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../../lib/pki/certificate.ts';
import { clusterAuthorizer } from '../authz/index.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { type ApiServer, createServer as createApiServer } from '../server.ts';
import { type KubeletProxy, type KubeletProxyDeps, kubeletProxy } from './index.ts';

/** What the kubelet of these tests saw, and how it answers. */
const seen: IncomingMessage[] = [];
let onRequest: (req: IncomingMessage, res: ServerResponse) => void;
let onUpgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

let ca: KeyPair;
let kubelet: Server;
let proxy: KubeletProxy;
let deps: KubeletProxyDeps;
/** An API server that does nothing but upgrade, for a user who may do everything. */
let apiserver: ApiServer;
let apiPort: number;

const podOn = (nodeName: string): Pod => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { nodeName, containers: [{ name: 'nginx' }] },
});
const exec = '/api/v1/namespaces/shop/pods/web/exec?command=ls&stdout=true';

before(async () => {
  const nowMs = Date.now();
  ca = await createAuthority({ commonName: 'kubernetes', nowMs });
  const serving = await issueServerCertificate(ca, { commonName: 'a', ipAddresses: ['127.0.0.1'], nowMs });
  const client = await issueClientCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', nowMs });
  kubelet = createServer({
    cert: serving.certificate,
    key: serving.privateKey,
    ca: ca.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  });
  kubelet.on('request', (req, res) => {
    seen.push(req);
    onRequest(req, res);
  });
  kubelet.on('upgrade', (req, socket, head) => {
    seen.push(req);
    onUpgrade(req, socket, head);
  });
  await once(kubelet.listen(0, '127.0.0.1'), 'listening');
  const known: Record<string, Pod> = {
    web: podOn('a'),
    lost: podOn('gone'),
    elsewhere: podOn('b'),
    new: { metadata: { name: 'new', namespace: 'shop' }, spec: { containers: [{ name: 'nginx' }] } },
  };
  deps = {
    pod: async (_, name) => known[name],
    service: async () => undefined,
    endpointSlices: async () => [],
    random: Math.random,
    nodeAddress: async (name) => ({ a: '127.0.0.1', b: '127.0.0.2' })[name],
    clientCert: client.certificate,
    clientKey: client.privateKey,
    ca: ca.certificate,
    port: (kubelet.address() as AddressInfo).port,
  };
  proxy = kubeletProxy(deps);
  apiserver = createApiServer({
    handler: async () => ({ code: 404, contentType: 'text/plain', body: '' }),
    authenticate: async () => ({ name: 'admin', groups: ['system:masters'] }),
    authorizer: clusterAuthorizer(),
    upgrade: proxy.upgrade,
    tls: { key: serving.privateKey, cert: serving.certificate, clientCa: ca.certificate },
  });
  apiPort = await apiserver.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  proxy.close();
  await apiserver.close();
  kubelet.close();
  kubelet.closeAllConnections();
});

function get(path: string, query = '', signal = new AbortController().signal): ApiRequest {
  return {
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers: {},
    user: { name: 'jane', groups: [] },
    body: new Uint8Array(),
    signal,
  };
}
const logRequest = (name: string) => get(`/api/v1/namespaces/shop/pods/${name}/log`);
const logs = (name: string, query = '', signal?: AbortSignal): Promise<Answer> =>
  proxy.answer(get(`/api/v1/namespaces/shop/pods/${name}/log`, query, signal));

function bodyOf(answer: Answer): AsyncIterable<Uint8Array> {
  assert.ok('body' in answer && typeof answer.body === 'object' && Symbol.asyncIterator in answer.body);
  return answer.body;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString();
  return text;
}

/** What should happen at once fails after a while instead of hanging. */
const soon = () => ({ signal: AbortSignal.timeout(20_000) });

const says = (code: number, reason: string, message: string | RegExp) => (err: unknown) => {
  assert.ok(err instanceof StatusError, String(err));
  assert.deepEqual([err.status.code, err.status.reason], [code, reason]);
  if (typeof message === 'string') assert.equal(err.message, message);
  else assert.match(err.message, message);
  return true;
};

describe('logs', () => {
  test('come from the kubelet of the pod’s node, who sees the API server’s certificate', async () => {
    onRequest = (_, res) => res.end('one\ntwo\n');
    assert.equal(await textOf(bodyOf(await logs('web', 'tailLines=2'))), 'one\ntwo\n');
    const req = seen.at(-1);
    assert.equal(req?.url, '/containerLogs/shop/web/nginx?tailLines=2');
    assert.equal(
      (req?.socket as TLSSocket | undefined)?.getPeerCertificate().subject.CN,
      'kube-apiserver-kubelet-client',
    );
  });

  test('are followed line by line until the client goes, which the kubelet hears', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    let write: (line: string) => void = () => {};
    onRequest = (_, res) => {
      closed = once(res, 'close', soon());
      write = (line) => res.write(line);
      write('first\n');
    };
    const goes = new AbortController();
    const lines = bodyOf(await logs('web', 'follow=true', goes.signal))[Symbol.asyncIterator]();
    assert.equal(Buffer.from((await lines.next()).value ?? '').toString(), 'first\n');
    write('second\n');
    assert.equal(Buffer.from((await lines.next()).value ?? '').toString(), 'second\n');
    goes.abort();
    await closed;
  });

  test('wait for a client that reads slowly instead of piling up', async () => {
    let sent = 0;
    let blocked: () => void = () => {};
    const isBlocked = new Promise<void>((resolve) => (blocked = resolve));
    onRequest = (_, res) => {
      const line = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (sent < 1000) {
          sent++;
          if (!res.write(line)) {
            // Nobody reads: the kernel's buffers fill up and no drain comes any more.
            const stuck = setTimeout(blocked, 100);
            return void res.once('drain', () => (clearTimeout(stuck), more()));
          }
        }
        res.end();
      };
      more();
    };
    const body = bodyOf(await logs('web'));
    await isBlocked;
    assert.ok(sent < 900, `${sent} of 1000 were taken`);
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    assert.equal(bytes, 1000 * 64 * 1024);
  });

  test('that the kubelet cannot give are errors with its words', async () => {
    onRequest = (_, res) =>
      res.writeHead(400).end('container "nginx" in pod "web" is waiting to start: ContainerCreating\n');
    await assert.rejects(
      logs('web'),
      says(400, 'BadRequest', 'container "nginx" in pod "web" is waiting to start: ContainerCreating'),
    );
    onRequest = (_, res) => res.writeHead(500).end('disk on fire');
    await assert.rejects(logs('web'), says(500, 'InternalError', 'Internal error occurred: disk on fire'));
    onRequest = (_, res) => res.writeHead(403).end();
    await assert.rejects(logs('web'), says(403, 'Forbidden', 'the kubelet answered 403'));
  });

  test('are empty before the pod has a node, and missing for a missing pod or node', async () => {
    assert.deepEqual(await logs('new'), { code: 200, contentType: 'text/plain; charset=utf-8', body: '' });
    await assert.rejects(logs('nobody'), says(404, 'NotFound', 'pods "nobody" not found'));
    await assert.rejects(logs('lost'), says(404, 'NotFound', 'nodes "gone" not found'));
  });

  test('are never taken from a server that is not that node', async () => {
    // It has a certificate of the cluster, but for another address than the one it is found at.
    const { certificate, privateKey } = await issueServerCertificate(ca, {
      commonName: 'x',
      ipAddresses: ['127.0.0.1'],
      nowMs: Date.now(),
    });
    const wide = createServer({ cert: certificate, key: privateKey });
    await once(wide.listen(0, '127.0.0.2'), 'listening');
    const other = kubeletProxy({ ...deps, port: (wide.address() as AddressInfo).port });
    const request = logRequest('elsewhere');
    await assert.rejects(
      other.answer(request),
      says(500, 'InternalError', /error dialing backend: .*127\.0\.0\.2/),
    );
    other.close();
    wide.close();
  });

  test('of a node that does not answer are given up', async () => {
    // A server that takes the connection and never speaks TLS.
    const silent = createTcpServer(() => {});
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const impatient = kubeletProxy({
      ...deps,
      port: (silent.address() as AddressInfo).port,
      connectTimeoutMs: 50,
    });
    await assert.rejects(
      impatient.answer(logRequest('web')),
      says(
        500,
        'InternalError',
        'Internal error occurred: error dialing backend: no answer from 127.0.0.1 within 50 ms',
      ),
    );
    impatient.close();
    silent.close();
  });
});

describe('a plain request', () => {
  test('for a stream, or for what is not passed on, is refused', async () => {
    const ask = (path: string) => proxy.answer(get(path));
    await assert.rejects(
      ask('/api/v1/namespaces/shop/pods/web/exec'),
      says(400, 'BadRequest', 'Upgrade request required'),
    );
    await assert.rejects(
      ask('/api/v1/namespaces/shop/pods/web/status'),
      says(404, 'NotFound', /could not find/),
    );
  });
});

describe('an upgrade', () => {
  test('of SPDY kind passes every byte both ways, those sent ahead too', async () => {
    onUpgrade = (req, socket, head) => {
      const protocols = req.headersDistinct['x-stream-protocol-version'];
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocols?.[0]}\r\n\r\nhello`,
      );
      socket.write(head);
      socket.pipe(socket);
    };
    const socket = await dialled();
    socket.write(
      `POST ${exec} HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nAuthorization: Bearer secret\r\nImpersonate-User: x\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nX-Stream-Protocol-Version: v3.channel.k8s.io\r\nContent-Length: 0\r\n\r\nahead`,
    );
    const [head, rest] = (await readUntil(socket, 'helloahead')).split('\r\n\r\n');
    assert.match(head ?? '', /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assert.match(head ?? '', /X-Stream-Protocol-Version: v4\.channel\.k8s\.io/);
    assert.equal(rest, 'helloahead');
    const req = seen.at(-1);
    assert.equal(req?.method, 'POST');
    assert.equal(req?.url, '/exec/shop/web/nginx?command=ls&output=1');
    assert.deepEqual(req?.headersDistinct['x-stream-protocol-version'], [
      'v4.channel.k8s.io',
      'v3.channel.k8s.io',
    ]);
    assert.equal(req?.headers.authorization, undefined);
    assert.equal(req?.headers['impersonate-user'], undefined);
    assert.notEqual(req?.headers.host, 'api');

    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 7) & 0xff));
    const back: Buffer[] = [];
    let length = 0;
    const all = new Promise<void>((resolve) =>
      socket.on('data', (chunk: Buffer) => {
        back.push(chunk);
        length += chunk.length;
        if (length >= bytes.length) resolve();
      }),
    );
    socket.write(bytes);
    await all;
    assert.ok(Buffer.concat(back).equals(bytes), 'byte for byte');
    socket.destroy();
  });

  test('of WebSocket kind works with real WebSockets at both ends', async () => {
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    sockets.on('connection', (ws) =>
      ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary })),
    );
    onUpgrade = (req, socket, head) =>
      sockets.handleUpgrade(req, socket, head, (ws) => sockets.emit('connection', ws));
    const ws = new WebSocket(`wss://127.0.0.1:${apiPort}${exec}`, ['v5.channel.k8s.io'], {
      ca: ca.certificate,
    });
    await once(ws, 'open', soon());
    assert.equal(ws.protocol, 'v5.channel.k8s.io');
    const echoed = once(ws, 'message', soon());
    ws.send(Buffer.from([0, 1, 2]));
    assert.deepEqual([...((await echoed)[0] as Buffer)], [0, 1, 2]);
    ws.close(1000);
    assert.equal((await once(ws, 'close', soon()))[0], 1000);
  });

  for (const [protocols, expected] of [
    [['binary.k8s.io'], ['binary.k8s.io', true, 'one\ntwo\n']],
    [['base64.binary.k8s.io'], ['base64.binary.k8s.io', false, 'b25lCnR3bwo=']],
    [[], ['', true, 'one\ntwo\n']],
  ] as const)
    test(`to a WebSocket brings logs: ${protocols.join() || 'no protocol'}`, async () => {
      onRequest = (_, res) => res.end('one\ntwo\n');
      const path = '/api/v1/namespaces/shop/pods/web/log?follow=true';
      const ws = new WebSocket(`wss://127.0.0.1:${apiPort}${path}`, [...protocols], { ca: ca.certificate });
      const closed = once(ws, 'close', soon());
      const [data, isBinary] = (await once(ws, 'message', soon())) as [Buffer, boolean];
      assert.deepEqual([ws.protocol, isBinary, data.toString()], expected);
      assert.equal(seen.at(-1)?.url, '/containerLogs/shop/web/nginx?follow=true');
      await closed;
    });

  test('to a WebSocket that goes takes the log back from the kubelet', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    onRequest = (_, res) => {
      closed = once(res, 'close', soon());
      res.write('first\n');
    };
    const path = '/api/v1/namespaces/shop/pods/web/log?follow=true';
    const ws = new WebSocket(`wss://127.0.0.1:${apiPort}${path}`, { ca: ca.certificate });
    await once(ws, 'message', soon());
    ws.close();
    await closed;
  });

  test('that the kubelet refuses gives the client the kubelet’s answer', async () => {
    onUpgrade = (_, socket) =>
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno \r\n4\r\nway.\r\n0\r\n\r\n',
      );
    assert.deepEqual(await refusedUpgrade(exec), { code: 403, body: 'no way.' });
  });

  test('for a pod that is not there, or without a container to choose, is answered with a Status', async () => {
    const missing = await refusedUpgrade('/api/v1/namespaces/shop/pods/nobody/exec?command=ls');
    assert.equal(missing.code, 404);
    assert.equal(JSON.parse(missing.body).message, 'pods "nobody" not found');
    const wrong = await refusedUpgrade('/api/v1/namespaces/shop/pods/web/exec?container=nope');
    assert.equal(JSON.parse(wrong.body).message, 'container nope is not valid for pod web');
    const other = await refusedUpgrade('/api/v1/namespaces/shop/pods/web/log');
    assert.equal(other.code, 400);
  });

  test('to a node that cannot be reached is an error, not a closed connection', async () => {
    const { code, body } = await refusedUpgrade('/api/v1/namespaces/shop/pods/elsewhere/exec?command=ls');
    assert.equal(code, 500);
    assert.match(JSON.parse(body).message, /error dialing backend: /);
  });

  test('ends on both sides when one side ends, the last bytes included', async () => {
    onUpgrade = (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
      socket.end(Buffer.alloc(300_000, 'z'));
    };
    const socket = await upgraded();
    let length = 0;
    socket.on('data', (chunk: Buffer) => (length += chunk.length));
    await once(socket, 'end', soon());
    assert.ok(length >= 300_000);
    socket.destroy();

    let kubeletSide: Duplex | undefined;
    onUpgrade = (_, side) => {
      kubeletSide = side.resume();
      side.on('error', () => {});
      side.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
    };
    const second = await upgraded();
    await once(second, 'data', soon());
    second.destroy();
    assert.ok(kubeletSide);
    await once(kubeletSide, 'close', soon());
  });

  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    test(`whose client is gone before the kubelet answers ends there too: ${leave}`, async () => {
      const arrived = new Promise<Duplex>((resolve) => {
        onUpgrade = (_, side) => resolve(side.on('error', () => {}).resume());
      });
      const tcp = tcpConnect(apiPort, '127.0.0.1');
      await upgraded(tcp);
      const side = await arrived;
      tcp[leave]();
      side.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
      if (!side.closed) await once(side, 'close', soon());
    });
  }

  test('whose connection is closed here, as the server stops, is taken back from the kubelet', async () => {
    const arrived = new Promise<Duplex>((resolve) => {
      onUpgrade = (_, side) => resolve(side.on('error', () => {}).resume());
    });
    const socket = new PassThrough();
    const headers = { connection: ['Upgrade'], upgrade: ['SPDY/3.1'] };
    const request = {
      ...get('/api/v1/namespaces/shop/pods/web/exec'),
      query: new URLSearchParams('command=ls'),
    };
    const incoming = { method: 'POST', headersDistinct: headers } as unknown as IncomingMessage;
    const refused = assert.rejects(
      proxy.upgrade(request, socket, Buffer.alloc(0), incoming),
      /error dialing backend/,
    );
    const side = await arrived;
    socket.destroy();
    await refused;
    if (!side.closed) await once(side, 'close', soon());
  });

  async function upgraded(tcp?: Socket): Promise<TLSSocket> {
    const socket = await dialled(tcp);
    socket.write(`POST ${exec} HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n`);
    return socket;
  }

  async function dialled(tcp: Socket = tcpConnect(apiPort, '127.0.0.1')): Promise<TLSSocket> {
    const socket = connect({
      socket: tcp,
      host: '127.0.0.1',
      ca: ca.certificate,
      ALPNProtocols: ['http/1.1'],
    });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    return socket;
  }

  async function readUntil(socket: Duplex, end: string): Promise<string> {
    let text = '';
    while (!text.endsWith(end)) text += String((await once(socket, 'data', soon()))[0]);
    return text;
  }

  async function refusedUpgrade(path: string): Promise<{ code: number; body: string }> {
    const req = httpsRequest({
      port: apiPort,
      host: '127.0.0.1',
      ca: ca.certificate,
      path,
      method: 'POST',
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' },
    });
    req.end();
    const [answer] = (await once(req, 'response', soon())) as [IncomingMessage];
    return { code: answer.statusCode ?? 0, body: await textOf(answer) };
  }
});
