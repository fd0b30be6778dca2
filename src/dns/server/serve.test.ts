import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import tls from 'node:tls';
import packet, { type DecodedPacket } from 'dns-packet';
import { FakeClock } from '../../lib/clock.ts';
import { freePort } from '../../lib/testing/freePort.ts';
import { certificate } from '../testing/certificate.ts';
import { clusterOf } from '../testing/cluster.ts';
import { fakeLog } from '../testing/context.ts';
import { serveDns } from './serve.ts';
import { listenTcp, splitter } from './tcp.ts';

const cluster = clusterOf(`
{ kind: Namespace, metadata: { name: default, namespace: } }
---
{ kind: Service, metadata: { name: web }, spec: { clusterIP: 10.96.0.17, clusterIPs: [10.96.0.17] } }
`);

const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

async function started(text: string, api = cluster) {
  const directory = mkdtempSync(join(tmpdir(), 'dns-serve-'));
  closing.push(() => rmSync(directory, { recursive: true }));
  const corefile = join(directory, 'Corefile');
  writeFileSync(corefile, text);
  const log = fakeLog();
  const clock = new FakeClock();
  let clients = 0;
  const server = await serveDns({
    corefile,
    env: {},
    client() {
      clients++;
      return api;
    },
    clock,
    log,
    random: Math.random,
    end: () => assert.fail('the server wants to end'),
  });
  closing.push(() => server.close());
  return {
    log,
    clock,
    directory,
    clients: () => clients,
    lameduck: () => server.lameduck(),
    reload: () => server.reload(),
    close: () => server.close(),
    become(next: string) {
      writeFileSync(corefile, next);
      return server.reload();
    },
  };
}

const ask = (name: string, id = 1) =>
  packet.encode({ type: 'query', id, flags: packet.RECURSION_DESIRED, questions: [{ name, type: 'A' }] });

async function byUdp(port: number, name: string, address = '127.0.0.1'): Promise<DecodedPacket> {
  const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.send(ask(name), port, address);
    const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(20_000) });
    return packet.decode(bytes);
  } finally {
    socket.close();
  }
}

async function get(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
  return `${response.status} ${await response.text()}`;
}

const addresses = ({ answers = [] }: DecodedPacket) => answers.map((r) => ('data' in r ? r.data : ''));
const rcodeOf = (reply: DecodedPacket) => (reply as unknown as { rcode: string }).rcode;

const web = 'web.default.svc.cluster.local';

describe('a server', async () => {
  const [port, http] = await Promise.all([freePort(), freePort()]);
  const corefile = `
    .:${port} {
      errors
      health 127.0.0.1:${http}
      ready 127.0.0.1:${http}
      prometheus 127.0.0.1:${http}
      kubernetes cluster.local
      cache
      loadbalance
    }`;
  const server = await started(corefile);

  test('answers by UDP, on both families of addresses', async () => {
    assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
    assert.deepEqual(addresses(await byUdp(port, web, '::1')), ['10.96.0.17']);
  });
  test('answers by TCP, several questions of one connection, in pieces as they come', async () => {
    const socket = net.connect(port, '127.0.0.1');
    const questions = Buffer.concat(
      [1, 2, 3].map((id) => {
        const bytes = ask(web, id);
        return Buffer.concat([Buffer.of(0, bytes.length), bytes]);
      }),
    );
    for (const [from, to] of [[0, 1], [1, 20], [20, 90], [90]]) socket.write(questions.subarray(from, to));
    const split = splitter();
    const replies: DecodedPacket[] = [];
    for await (const chunk of socket) {
      replies.push(...split(chunk as Buffer).map((bytes) => packet.decode(bytes)));
      if (replies.length === 3) break;
    }
    assert.deepEqual(
      replies.map((reply) => [reply.id, ...addresses(reply)]),
      [
        [1, '10.96.0.17'],
        [2, '10.96.0.17'],
        [3, '10.96.0.17'],
      ],
    );
  });
  test('says over HTTP that it lives, is ready, and what it counted', async () => {
    assert.equal(await get(http, '/health'), '200 OK');
    assert.equal(await get(http, '/ready'), '200 OK');
    assert.match(
      await get(http, '/metrics?x'),
      /coredns_dns_requests_total\{server="dns:\/\/:\d+",zone="\.",view="",proto="tcp",family="1",type="A"\} 3/,
    );
    assert.equal(await get(http, '/nope'), '404 not found\n');
    const headers = { connection: 'close' };
    assert.equal((await fetch(`http://127.0.0.1:${http}/health`, { method: 'POST', headers })).status, 405);
  });
  test('goes on with the old Corefile when the new one is broken, and says why', async () => {
    await server.become(`.:${port} {\n  foo\n}`);
    assert.match(
      server.log.lines.at(-1) ?? '',
      /^error .*refused.* \{"err":"Corefile:2: unknown plugin \\"foo\\""\}/,
    );
    assert.match(await get(http, '/metrics'), /^coredns_reload_failed_total 1$/m);
    assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
  });
  test('goes on with the old one when the new one wants an address that is taken', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = `127.0.0.1:${(taken.address() as net.AddressInfo).port}`;
    const other = await freePort();
    await server.become(`${corefile}\n.:${other} {\n  health ${address}\n}`);
    assert.match(server.log.lines.at(-1) ?? '', /refused.*EADDRINUSE/);
    assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
    await assert.rejects(get(other, '/'), 'what was opened for it is closed again');
    taken.close();
  });
  test('takes a new Corefile over, with the sockets and the cluster that it had', async () => {
    const other = await freePort();
    await server.become(
      `.:${port} {\n kubernetes cluster.local {\n  ttl 7\n }\n}\n.:${other} {\n kubernetes cluster.test\n}`,
    );
    const reply = await byUdp(port, web);
    assert.deepEqual(
      reply.answers?.map((r) => 'ttl' in r && r.ttl),
      [7],
    );
    assert.deepEqual(addresses(await byUdp(other, 'web.default.svc.cluster.test')), ['10.96.0.17']);
    assert.equal(server.clients(), 1, 'the cluster is followed once');
    await assert.rejects(get(http, '/health'), 'the HTTP address is closed');
    await server.become(corefile);
    assert.equal(await get(http, '/health'), '200 OK');
    assert.match(await get(http, '/metrics'), /type="A"\} 3/, 'counters go on');
  });
  test('closes all that it opened', async () => {
    await server.close();
    await assert.rejects(get(http, '/health'));
    const socket = net.connect(port, '127.0.0.1');
    await assert.rejects(once(socket, 'connect'), /ECONNREFUSED/);
  });
});

test('a Corefile that cannot be served does not start', async () => {
  await assert.rejects(started('. {\n foo\n}'), /^CorefileError: Corefile:2: unknown plugin "foo"$/);
});

test('names of no zone are refused, and CHAOS as well', async () => {
  const port = await freePort();
  await started(`example.org:${port} {\n errors\n}`);
  assert.equal(rcodeOf(await byUdp(port, 'example.com')), 'REFUSED');
});

test('a server block with tls:// speaks DNS over TLS, and shows what the newest Corefile says', async () => {
  const port = await freePort();
  const [first, second] = await Promise.all([certificate(['one.example']), certificate(['two.example'])]);
  for (const { directory } of [first, second]) closing.push(() => rmSync(directory, { recursive: true }));
  const corefile = ({ cert, key }: { cert: string; key: string }) =>
    `tls://.:${port} {\n tls ${cert} ${key}\n kubernetes cluster.local\n}`;
  const server = await started(corefile(first));
  assert.deepEqual(addresses(await byTls(port, web, first.ca, 'one.example')), ['10.96.0.17']);
  await server.become(corefile(second));
  assert.deepEqual(addresses(await byTls(port, web, second.ca, 'two.example')), ['10.96.0.17']);
  await assert.rejects(byTls(port, web, first.ca, 'one.example'));
});

async function byTls(port: number, name: string, ca: string, servername: string): Promise<DecodedPacket> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: readFileSync(ca), servername });
  try {
    await once(socket, 'secureConnect');
    const bytes = ask(name);
    socket.write(Buffer.concat([Buffer.of(0, bytes.length), bytes]));
    const split = splitter();
    for await (const chunk of socket) for (const reply of split(chunk as Buffer)) return packet.decode(reply);
    throw new Error('the connection ended');
  } finally {
    socket.destroy();
  }
}

test('a file that the Corefile imports is part of it: a change of it is taken over, a broken one refused', async () => {
  const port = await freePort();
  const shared = mkdtempSync(join(tmpdir(), 'dns-import-'));
  closing.push(() => rmSync(shared, { recursive: true }));
  const file = join(shared, 'more.conf');
  writeFileSync(file, 'kubernetes cluster.local');
  const server = await started(`.:${port} {\n import ${file}\n}`);
  assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
  writeFileSync(file, 'errors');
  await server.reload();
  assert.equal(rcodeOf(await byUdp(port, web)), 'REFUSED');
  writeFileSync(file, 'errors\nfrobnicate');
  await server.reload();
  assert.match(server.log.lines.at(-1) ?? '', /more\.conf:2: unknown plugin \\"frobnicate\\"/);
});

test('while the cluster is read for a new Corefile the old one is served, for as long as is told', async () => {
  const port = await freePort();
  let read = () => {};
  const reading = new Promise<void>((resolve) => (read = resolve));
  const slow: typeof cluster = {
    ...cluster,
    async list(resource, options) {
      if (options?.labelSelector !== undefined) await reading;
      return cluster.list(resource, options);
    },
  };
  const corefile = (option: string) => `.:${port} {\n kubernetes cluster.local {\n ${option}\n }\n}`;
  const { become, clock } = await started(corefile('ttl 5'), slow);
  assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
  const late = become(corefile('labels app=web\n startup_timeout 3s'));
  await new Promise(setImmediate);
  assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
  clock.advance(3_000);
  await late;
  assert.equal(rcodeOf(await byUdp(port, web)), 'SERVFAIL', 'nobody waits longer');
  const ready = become(corefile('labels app=web'));
  read();
  await ready;
  assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
});

test('a server that is told to end answers for a while, and says that it is not ready', async () => {
  const [port, http] = await Promise.all([freePort(), freePort()]);
  const { clock, lameduck } = await started(
    `.:${port} {\n health 127.0.0.1:${http} {\n  lameduck 5s\n }\n ready 127.0.0.1:${http}\n kubernetes cluster.local\n}`,
  );
  await byUdp(port, web);
  const over = lameduck();
  assert.equal(await get(http, '/ready'), '503 Shutting down');
  assert.equal(await get(http, '/health'), '200 OK');
  assert.deepEqual(addresses(await byUdp(port, web)), ['10.96.0.17']);
  clock.advance(5_000);
  await over;
});

describe('a TCP connection', () => {
  const silent = async (limits: { idleMs: number; mostConnections: number }) => {
    const listener = await listenTcp(0, () => new Promise(() => {}), limits);
    closing.push(() => listener.close());
    return net.connect(listener.port, '127.0.0.1').on('error', () => {});
  };
  test('on which nothing comes is closed', async () => {
    await once(await silent({ idleMs: 20, mostConnections: 2 }), 'close');
  });
  test('beyond the bound is closed at once', async () => {
    await once(await silent({ idleMs: 60_000, mostConnections: 0 }), 'close');
  });
  test('that answers instead of asking is closed', async () => {
    const socket = await silent({ idleMs: 60_000, mostConnections: 2 });
    socket.write(Buffer.from([0, 12, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    await once(socket, 'close');
  });
});
