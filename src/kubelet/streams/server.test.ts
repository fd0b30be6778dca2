/** The whole server on 127.0.0.1, over processes of this machine in place of containers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import { FakeRuntime } from '../../../test/support/fakeRuntime.ts';
import type { Pod } from '../../api/types.ts';
import { systemClock } from '../../lib/clock.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../../lib/pki/certificate.ts';
import { startKubeletServer } from './server.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchboard-kubelet-'));
const logPath = join(directory, 'main.log');
const runtime = new FakeRuntime();
const pod: Pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1' },
  spec: { nodeName: 'node', containers: [{ name: 'main' }] },
};
const abort = new AbortController();
const sh = (script: string) =>
  `/exec/shop/web/main?output=1&error=1&input=1&${['sh', '-c', script].map((w) => `command=${encodeURIComponent(w)}`).join('&')}`;

let ca: string;
let master: KeyPair;
let port: number;
let closed: Promise<void>;
let echo: Server;

before(async () => {
  const lifetime = { nowMs: Date.now() };
  const authority = await createAuthority({ commonName: 'test', ...lifetime });
  ca = authority.certificate;
  const serving = await issueServerCertificate(authority, {
    commonName: 'node',
    ipAddresses: ['127.0.0.1'],
    ...lifetime,
  });
  master = await issueClientCertificate(authority, {
    commonName: 'apiserver',
    organizations: ['system:masters'],
    ...lifetime,
  });
  runtime.add({ name: 'main', podName: 'web', podNamespace: 'shop', logPath, startedAtMs: 0 });
  ({ port, closed } = await startKubeletServer({
    host: '127.0.0.1',
    port: 0,
    tls: { cert: serving.certificate, key: serving.privateKey, clientCa: ca },
    nodeName: 'node',
    pods: {
      pods: () => [pod],
      pod: (namespace, name) => (namespace === 'shop' && name === 'web' ? pod : undefined),
      containers: () => [...runtime.records.values()],
    },
    runtime,
    authenticate: async (token) => (token === 'reader' ? { name: 'reader', groups: [] } : undefined),
    authorize: async (_, { verb, subresource }) => verb === 'get' && subresource !== 'proxy',
    openInPod: async (_, to) => {
      const socket = connect({ host: '127.0.0.1', port: to });
      await once(socket, 'connect');
      return socket;
    },
    clock: systemClock,
    signal: abort.signal,
  }));
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});

after(async () => {
  for (const child of runtime.started) child.kill('SIGKILL');
  abort.abort();
  await closed;
  echo.close();
  rmSync(directory, { recursive: true });
});

const identity = () => ({ cert: master.certificate, key: master.privateKey });

async function get(path: string, headers?: Record<string, string>, method = 'GET') {
  const req = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    ca,
    agent: false,
    ...(headers ? { headers } : identity()),
  });
  req.end();
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  return { code: answer.statusCode, body: await text(answer) };
}

describe('the server answers', () => {
  test('whoever may ask, and nobody else', async () => {
    assert.deepEqual(await get('/healthz'), { code: 200, body: 'ok' });
    assert.equal((await get('/pods', {})).code, 401);
    assert.equal((await get('/pods', { authorization: 'Bearer x' })).code, 401);
    assert.equal((await get('/pods', { authorization: 'Bearer reader' })).code, 200);
    assert.deepEqual(await get('/containerLogs/shop/web/main', { authorization: 'Bearer reader' }), {
      code: 403,
      body: 'Forbidden (user=reader, verb=get, resource=nodes, subresource=proxy)\n',
    });
  });

  test('with its pods', async () => {
    const list = JSON.parse((await get('/pods')).body);
    assert.equal(list.kind, 'PodList');
    assert.equal(list.items[0].metadata.name, 'web');
  });

  test('with numbers about containers', async () => {
    const { body } = await get('/metrics/resource');
    assert.match(
      body,
      /^container_cpu_usage_seconds_total\{container="main",namespace="shop",pod="web"\} 1\.5 \d+$/m,
    );
    assert.match(body, /^node_cpu_usage_seconds_total 9 \d+$/m);
    assert.match(body, /^pod_memory_working_set_bytes\{namespace="shop",pod="web"\} 4096 \d+$/m);
    const summary = JSON.parse((await get('/stats/summary')).body);
    assert.equal(summary.node.nodeName, 'node');
    assert.equal(summary.node.memory.workingSetBytes, 65_536);
    assert.equal(summary.node.cpu.usageNanoCores, 0);
    assert.equal(summary.pods[0].containers[0].cpu.usageCoreNanoSeconds, 1_500_000_000);
    assert.equal(summary.pods[0].podRef.uid, 'u-1');
    assert.match((await get('/metrics')).body, /^kubelet_running_pods 1$/m);
  });

  test('what is not there with the right code', async () => {
    assert.equal((await get('/nothing')).code, 404);
    assert.equal((await get('/containerLogs/shop/other/main')).code, 404);
    assert.equal((await get('/containerLogs/shop/web/other')).code, 404);
    assert.equal((await get('/containerLogs/shop/web/main?tailLines=-1')).code, 422);
    assert.equal((await get('/pods', undefined, 'DELETE')).code, 405);
    assert.deepEqual(await get('/exec/shop/web/main?command=ls&output=1'), {
      code: 400,
      body: 'unable to upgrade: missing upgrade headers in request\n',
    });
  });

  test('with a log, as long as its reader stays', async () => {
    writeFileSync(logPath, '2026-01-01T00:00:00.000000000Z stdout F one\n');
    assert.deepEqual(await get('/containerLogs/shop/web/main'), { code: 200, body: 'one\n' });
    const req = request({
      host: '127.0.0.1',
      port,
      path: '/containerLogs/shop/web/main?follow=true&tailLines=0',
      ca,
      ...identity(),
      agent: false,
    });
    req.on('error', () => {});
    req.end();
    const [answer] = (await once(req, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    // From where it follows is settled a moment after the answer has begun.
    const writing = setInterval(
      () => appendFileSync(logPath, '2026-01-01T00:00:01.000000000Z stdout F two\n'),
      20,
    );
    const [data] = await once(answer, 'data').finally(() => clearInterval(writing));
    assert.match(String(data), /^(two\n)+$/);
    req.destroy();
  });
});

function open(path: string, protocol?: string | string[], options?: ClientOptions): WebSocket {
  return new WebSocket(`wss://127.0.0.1:${port}${path}`, protocol ?? [], { ca, ...identity(), ...options });
}

/** What a client of the channels hears until the server closes. */
async function heard(socket: WebSocket, base64 = false): Promise<Record<number, string>> {
  const channels: Record<number, string> = {};
  socket.on('message', (message) => {
    const bytes = message as Buffer;
    const channel = base64 ? Number(String.fromCharCode(bytes[0] ?? 0)) : (bytes[0] ?? 0);
    const data = bytes.subarray(1);
    channels[channel] =
      (channels[channel] ?? '') + (base64 ? Buffer.from(data.toString(), 'base64') : data).toString();
  });
  const [code] = (await once(socket, 'close', { signal: AbortSignal.timeout(30_000) })) as [number];
  assert.equal(code, 1000);
  return channels;
}

const channel = (number: number, data: string | Buffer) =>
  Buffer.concat([Buffer.from([number]), Buffer.from(data)]);

describe('a command over a WebSocket', () => {
  test('of v5 ends its input without ending the conversation', async () => {
    const socket = open(sh('sort; echo err >&2; exit 3'), ['v9.channel.k8s.io', 'v5.channel.k8s.io']);
    const all = heard(socket);
    await once(socket, 'open');
    assert.equal(socket.protocol, 'v5.channel.k8s.io');
    socket.send(channel(0, 'b\na\n'));
    socket.send(Buffer.from([255, 0]));
    const { 1: out, 2: err, 3: status } = await all;
    assert.equal(out, 'a\nb\n');
    assert.equal(err, 'err\n');
    assert.deepEqual(JSON.parse(status ?? '').details.causes, [{ reason: 'ExitCode', message: '3' }]);
  });

  test('of v5 asks whether its client reads before it says anything, and goes on if nobody answers', async () => {
    const socket = open(sh('echo hello'), 'v5.channel.k8s.io', { autoPong: false });
    const all = heard(socket);
    let messages = 0;
    socket.on('message', () => messages++);
    await once(socket, 'ping');
    assert.equal(messages, 0);
    socket.pong();
    assert.equal((await all)[1], 'hello\n');
    const silent = open(sh('echo hello'), 'v5.channel.k8s.io', { autoPong: false });
    assert.equal((await heard(silent))[1], 'hello\n');
  });

  test('of v4 tells how it ended with a Status', async () => {
    const { 1: out, 3: status } = await heard(open(sh('echo hello'), 'v4.channel.k8s.io'));
    assert.equal(out, 'hello\n');
    assert.equal(JSON.parse(status ?? '').status, 'Success');
  });

  test('of the oldest version, also when none is named, tells it in words', async () => {
    for (const protocol of [undefined, 'channel.k8s.io']) {
      const { 1: out, 3: words } = await heard(open(sh('echo hello; exit 2'), protocol));
      assert.equal(out, 'hello\n');
      assert.match(words ?? '', /exit status 2/);
    }
  });

  test('in base64 is text both ways', async () => {
    const socket = open(sh('read line; echo got $line'), 'v4.base64.channel.k8s.io');
    const all = heard(socket, true);
    await once(socket, 'open');
    socket.send(`0${Buffer.from('it\n').toString('base64')}`);
    const { 1: out, 3: status } = await all;
    assert.equal(out, 'got it\n');
    assert.equal(JSON.parse(status ?? '').status, 'Success');
  });

  test('ends when its client closes', async () => {
    const before = runtime.started.length;
    const socket = open(sh('exec sleep 1000'), 'v5.channel.k8s.io');
    await once(socket, 'message');
    const command = runtime.started[before];
    assert.ok(command);
    const ended = once(command, 'exit', { signal: AbortSignal.timeout(30_000) });
    socket.terminate();
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  });

  test('that does not read makes its client wait, and answers its pings all the same', async () => {
    const read = join(directory, 'read');
    const socket = open(sh(`until [ -e ${read} ]; do sleep 0.05; done; cat | wc -c`), 'v5.channel.k8s.io');
    const all = heard(socket);
    await once(socket, 'open');
    const chunk = channel(0, Buffer.alloc(1_000_000));
    for (let i = 0; i < 30; i++) socket.send(chunk);
    socket.send(Buffer.from([255, 0]));
    await once(socket, 'pong', { signal: AbortSignal.timeout(30_000) });
    assert.ok(socket.bufferedAmount > 10_000_000, 'what nobody reads stays at the client');
    writeFileSync(read, '');
    assert.equal((await all)[1]?.trim(), '30000000');
  });

  test('that cannot be is refused before the upgrade', async () => {
    for (const [path, code] of [
      ['/exec/shop/web/main?output=1', 400],
      ['/exec/shop/web/main?command=ls', 400],
      ['/exec/shop/other/main?command=ls&output=1', 404],
      ['/exec/shop/web/other?command=ls&output=1', 404],
      ['/pods', 404],
    ] as const) {
      const socket = open(path, 'v5.channel.k8s.io');
      socket.on('error', () => {});
      const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      assert.equal(answer.statusCode, code, path);
      answer.resume();
    }
  });

  test('of no known version is refused', async () => {
    const socket = open(sh('ls'), 'v9.channel.k8s.io');
    socket.on('error', () => {});
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    assert.equal(answer.statusCode, 403);
    answer.resume();
  });
});

test('ports are forwarded over channels of a WebSocket, two for each', async () => {
  const to = (echo.address() as AddressInfo).port;
  const socket = open(`/portForward/shop/web?port=${to}&port=${to}`, 'v4.channel.k8s.io');
  const said: Record<number, Buffer> = {};
  socket.on('message', (message) => {
    const bytes = message as Buffer;
    const number = bytes[0] ?? 0;
    said[number] = Buffer.concat([said[number] ?? Buffer.alloc(0), bytes.subarray(1)]);
  });
  await once(socket, 'open');
  socket.send(channel(0, 'first'));
  socket.send(channel(2, 'second'));
  while ((said[0]?.length ?? 0) < 7 || (said[2]?.length ?? 0) < 8)
    await once(socket, 'message', { signal: AbortSignal.timeout(30_000) });
  assert.equal(said[0]?.readUInt16LE(0), to);
  assert.equal(said[1]?.readUInt16LE(0), to);
  assert.equal(said[0]?.subarray(2).toString(), 'first');
  assert.equal(said[2]?.subarray(2).toString(), 'second');
  socket.close();
});

test('ports that are none are refused', async () => {
  const socket = open('/portForward/shop/web?port=70000', 'v4.channel.k8s.io');
  socket.on('error', () => {});
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  assert.equal(answer.statusCode, 400);
  answer.resume();
});

test('only streams that are known are upgraded to', async () => {
  const req = request({
    host: '127.0.0.1',
    port,
    path: sh('ls'),
    ca,
    ...identity(),
    agent: false,
    headers: { connection: 'Upgrade', upgrade: 'h2c' },
  });
  req.end();
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 400);
  answer.resume();
});
