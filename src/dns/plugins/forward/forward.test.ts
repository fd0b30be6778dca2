import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import type { Next, Plugin, Query } from '../../contract.ts';
import { listenTcp } from '../../server/tcp.ts';
import { certificate } from '../../testing/certificate.ts';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { type Upstream, upstream } from '../../testing/upstream.ts';
import { zoneText } from '../../testing/zone.ts';
import { decodeMessage } from '../../wire/decode.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { addressRecord, type Message, questionMessage, replyTo } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { matching } from './exchange.ts';
import { forward } from './index.ts';

const closing: (() => unknown)[] = [];
after(() => Promise.all(closing.map((close) => close())));

const withAnswer =
  (address: string): Next =>
  ({ message, question }) => ({
    ...replyTo(message),
    recursionAvailable: true,
    answers: [addressRecord(question.name, 60, address)],
  });

async function started(answer: Next): Promise<Upstream> {
  const made = await upstream(answer);
  closing.push(() => made.close());
  return made;
}

/** A socket for packets by hand; with no answer it is an upstream that is silent. */
async function byHand(answer?: (packet: Buffer) => Buffer[]): Promise<number> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (packet, { port, address }) => {
    for (const out of answer?.(packet) ?? []) socket.send(out, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => socket.close());
  return socket.address().port;
}

function plugin(lines: string) {
  const context = fakeContext();
  const made = setUpFrom(forward, lines, context);
  const ask = (asked: Query) => Promise.resolve(made.handle?.(asked, refused) as Message);
  return { context, made, ask };
}

describe('a question', () => {
  test('is answered by the upstream, under its own id', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const reply = await plugin(`forward . 127.0.0.1:${port}`).ask(query('WWW.example.com.'));
    assert.deepEqual(zoneText(reply), ['WWW.example.com. 60 A 192.0.2.53']);
    assert.equal(reply.id, 7);
    assert.equal(reply.recursionAvailable, true);
    assert.equal(asked[0]?.question.name, 'WWW.example.com.');
  });
  test('has a new id and a new source port each time', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const { ask } = plugin(`forward . 127.0.0.1:${port}`);
    for (let i = 0; i < 8; i++) await ask(query('example.com.'));
    // Eight of 65,536: that two are the same is possible, that all are is not.
    assert.ok(new Set(asked.map(({ message }) => message.id)).size > 4);
    assert.ok(new Set(asked.map(({ client }) => client.port)).size > 4);
  });
  test('of a name in another zone, or excepted, is passed on', async () => {
    const { ask } = plugin('forward example.com 127.0.0.1:1 {\n except in.example.com\n}');
    assert.deepEqual(zoneText(await ask(query('example.org.'))), ['REFUSED']);
    assert.deepEqual(zoneText(await ask(query('x.in.example.com.'))), ['REFUSED']);
  });
  test('without an upstream is SERVFAIL at once, and a warning was written', () => {
    const { made, context } = plugin('forward . /dev/null');
    made.start?.();
    assert.match(context.log.lines[0] ?? '', /^warn forward: \/dev\/null has no nameserver; .* SERVFAIL/);
    const reply = made.handle?.(query('example.com.'), refused);
    assert.ok(reply && !(reply instanceof Promise));
    assert.deepEqual(zoneText(reply), ['SERVFAIL']);
  });
  test('beyond `max_concurrent` is refused', async () => {
    const port = await byHand();
    const { context, ask } = plugin(`forward . 127.0.0.1:${port} {\n max_concurrent 1\n}`);
    const first = ask(query('a.example.'));
    assert.deepEqual(zoneText(await ask(query('b.example.'))), ['REFUSED']);
    context.clock.advance(2_000);
    await assert.rejects(first);
  });
});

describe('an upstream', () => {
  test('that is silent for two seconds, or refuses packets, is followed by the next', async () => {
    const [silent, { port }] = await Promise.all([byHand(), started(withAnswer('192.0.2.53'))]);
    const { context, ask } = plugin(
      `forward . 127.0.0.1:1 127.0.0.1:${silent} 127.0.0.1:${port} {\n policy sequential\n}`,
    );
    const reply = ask(query('example.com.'));
    // The clock moves once somebody waits for the silent one.
    await Promise.race([reply, advanced(context.clock)]);
    assert.deepEqual(zoneText(await reply), ['example.com. 60 A 192.0.2.53']);
  });
  test('that is the last one and silent fails the question', async () => {
    const silent = await byHand();
    const { context, ask } = plugin(`forward . 127.0.0.1:${silent}`);
    const reply = ask(query('example.com.'));
    context.clock.advance(2_000);
    await assert.rejects(
      reply,
      /^Error: (read udp 127\.0\.0\.1:\d+->|dial udp )127\.0\.0\.1:\d+: i\/o timeout$/,
    );
  });
  test('whose answer was cut is asked again by TCP', async () => {
    const { port, asked } = await started((q) => ({
      ...replyTo(q.message),
      answers: Array.from({ length: 60 }, (_, i) => addressRecord(q.question.name, 1, `10.0.0.${i}`)),
    }));
    const reply = await plugin(`forward . 127.0.0.1:${port}`).ask(query('example.com.'));
    assert.equal(reply.answers.length, 60);
    assert.equal(reply.truncated, false);
    assert.deepEqual(
      asked.map(({ client }) => client.protocol),
      ['udp', 'tcp'],
    );
  });
  test('is asked the way the client asked, unless told otherwise', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const byTcp = query('example.com.', { protocol: 'tcp' });
    await plugin(`forward . 127.0.0.1:${port}`).ask(byTcp);
    await plugin(`forward . 127.0.0.1:${port} {\n prefer_udp\n}`).ask(byTcp);
    await plugin(`forward . 127.0.0.1:${port} {\n force_tcp\n}`).ask(query('example.com.'));
    assert.deepEqual(
      asked.map(({ client }) => client.protocol),
      ['tcp', 'udp', 'tcp'],
    );
  });
  test('is asked over a connection that is kept for the next question', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const { ask, context, made } = plugin(`forward . 127.0.0.1:${port} {\n force_tcp\n expire 10s\n}`);
    closing.push(() => made.stop?.());
    await ask(query('a.example.'));
    await ask(query('b.example.'));
    context.clock.advance(10_001);
    await ask(query('c.example.'));
    const ports = asked.map(({ client }) => client.port);
    assert.equal(ports[0], ports[1]);
    assert.notEqual(ports[1], ports[2]);
  });
  test('that failed too often is down until it answers for its health', async () => {
    let isSilent = true;
    const asked: string[] = [];
    const port = await byHand((packet) => {
      const message = decodeMessage(packet);
      asked.push(message.questions[0]?.name ?? '');
      return isSilent ? [] : [encodeMessage(replyTo(message))];
    });
    const { context, ask, made } = plugin(
      `forward . 127.0.0.1:${port} {\n max_fails 1\n failfast_all_unhealthy_upstreams\n health_check 1s domain health.example\n}`,
    );
    closing.push(() => made.stop?.());
    const first = ask(query('a.example.'));
    await Promise.all([assert.rejects(first), advanced(context.clock)]);
    assert.deepEqual(zoneText(await ask(query('b.example.'))), ['SERVFAIL']);
    assert.ok(!asked.includes('b.example.'), 'nobody is asked while all are down');
    assert.ok(asked.includes('health.example.'));
    isSilent = false;
    await advanced(context.clock);
    assert.deepEqual(zoneText(await ask(query('c.example.'))), []);
    assert.match(await context.registry.metrics(), /coredns_proxy_healthcheck_failures_total\{.*\} [1-9]/);
  });
  test('whose answer another may better is followed by it, or by the next plugin', async () => {
    const [bad, good] = await Promise.all([
      started(({ message }) => replyTo(message, 5)),
      started(withAnswer('192.0.2.53')),
    ]);
    const to = `127.0.0.1:${bad.port} 127.0.0.1:${good.port}`;
    const lines = (option: string) => `forward . ${to} {\n policy sequential\n ${option}\n}`;
    assert.deepEqual(zoneText(await plugin(lines('failover REFUSED')).ask(query('a.'))), [
      'a. 60 A 192.0.2.53',
    ]);
    assert.deepEqual(zoneText(await plugin(lines('failover SERVFAIL')).ask(query('a.'))), ['REFUSED']);
    const next: Next = ({ message }) => replyTo(message, 3);
    const followed = async (option: string, by: string) => {
      const all: Plugin[] = [];
      const made = setUpFrom(forward, lines(option), fakeContext({ neighbours: () => all }));
      all.push({ name: 'errors' }, made, { name: by });
      return zoneText(await handleOf(made)(query('a.'), next));
    };
    assert.deepEqual(await followed('next REFUSED', 'forward'), ['NXDOMAIN']);
    assert.deepEqual(await followed('next SERVFAIL', 'forward'), ['REFUSED']);
    assert.deepEqual(await followed('next REFUSED', 'whoami'), ['REFUSED'], 'only by another forward');
  });
  test('that has nothing of the asked type may be followed by the next plugin', async () => {
    const empty = await started(({ message }) => replyTo(message));
    const all: Plugin[] = [];
    const lines = `forward . 127.0.0.1:${empty.port} {\n next_on_nodata\n}`;
    const made = setUpFrom(forward, lines, fakeContext({ neighbours: () => all }));
    all.push(made, { name: 'forward' });
    assert.deepEqual(zoneText(await handleOf(made)(query('a.'), refused)), ['REFUSED']);
    assert.deepEqual(zoneText(await plugin(`forward . 127.0.0.1:${empty.port}`).ask(query('a.'))), []);
  });
  test('that does not answer by TCP has its cut answer passed on', async () => {
    const port = await byHand((packet) => {
      const reply = replyTo(decodeMessage(packet));
      return [encodeMessage({ ...reply, truncated: true })];
    });
    const reply = await plugin(`forward . 127.0.0.1:${port}`).ask(query('a.'));
    assert.equal(reply.truncated, true);
  });
  test('is the only one that is tried where no more attempts are wanted', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const { ask } = plugin(
      `forward . 127.0.0.1:1 127.0.0.1:${port} {\n policy sequential\n max_connect_attempts 1\n}`,
    );
    await assert.rejects(ask(query('a.')), /127\.0\.0\.1:1: read: connection refused$/);
    assert.deepEqual(asked, []);
  });
  test('has no more connections kept than wanted', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const { ask, made } = plugin(`forward . 127.0.0.1:${port} {\n force_tcp\n max_idle_conns 1\n}`);
    closing.push(() => made.stop?.());
    await Promise.all(['a.', 'b.'].map((name) => ask(query(name))));
    await Promise.all(['c.', 'd.'].map((name) => ask(query(name))));
    assert.equal(new Set(asked.map(({ client }) => client.port)).size, 3);
  });
  test('is spoken to over TLS, if it shows that it is the one that is meant', async () => {
    const { directory, ca, cert, key } = await certificate(['dns.example']);
    closing.push(() => rmSync(directory, { recursive: true }));
    const server = await listenTcp(0, withAnswer('192.0.2.53'), {
      tls: { cert: readFileSync(cert), key: readFileSync(key) },
    });
    closing.push(() => server.close());
    const lines = (name: string) =>
      `forward . tls://127.0.0.1:${server.port} {\n tls ${ca}\n tls_servername ${name}\n}`;
    const { ask, made } = plugin(lines('dns.example'));
    closing.push(() => made.stop?.());
    assert.deepEqual(zoneText(await ask(query('a.'))), ['a. 60 A 192.0.2.53']);
    await assert.rejects(plugin(lines('other.example')).ask(query('a.')), /Hostname\/IP does not match/);
    const named = (name: string) => {
      const own = plugin(`forward . tls://127.0.0.1%${name}:${server.port} {\n tls ${ca}\n}`);
      closing.push(() => own.made.stop?.());
      return own.ask(query('a.'));
    };
    assert.deepEqual(zoneText(await named('dns.example')), ['a. 60 A 192.0.2.53']);
    await assert.rejects(named('other.example'), /Hostname\/IP does not match/);
  });
  test('is given no more of EDNS than what is meant for it', async () => {
    const { port, asked } = await started(withAnswer('192.0.2.53'));
    const own = query('example.com.');
    const edns = { udpSize: 4096, version: 0, dnssecOk: true, options: [{ code: 10, data: Buffer.of(1) }] };
    await plugin(`forward . 127.0.0.1:${port}`).ask({ ...own, message: { ...own.message, edns } });
    assert.deepEqual(asked[0]?.message.edns, { udpSize: 1232, version: 0, dnssecOk: true, options: [] });
  });
});

/** Lets the sockets work, then moves the clock, again and again. */
async function advanced(clock: { advance(ms: number): void }): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(100);
  }
}

describe('an answer that somebody slips in', () => {
  const asked: Message = { ...questionMessage(99, 'Example.com.', recordType.A) };
  const answer: Message = replyTo(asked);
  const isTaken = (change: Partial<Message>) =>
    matching(encodeMessage({ ...answer, ...change }), asked) !== undefined;

  test('is taken only with the id and the question', () => {
    const [question] = asked.questions as [Query['question']];
    assert.ok(isTaken({}));
    assert.ok(isTaken({ questions: [{ ...question, name: 'EXAMPLE.com.' }] }));
    assert.ok(!isTaken({ id: 98 }));
    assert.ok(!isTaken({ response: false }));
    assert.ok(!isTaken({ questions: [] }));
    assert.ok(!isTaken({ questions: [{ ...question, name: 'example.org.' }] }));
    assert.ok(!isTaken({ questions: [{ ...question, type: recordType.AAAA }] }));
    assert.equal(matching(Buffer.of(1, 2, 3), asked), undefined);
  });
  test('does not keep the true one away', async () => {
    const port = await byHand((packet) => {
      const message = decodeMessage(packet);
      const reply = { ...replyTo(message), answers: [addressRecord('example.com.', 5, '192.0.2.66')] };
      const real = { ...replyTo(message), answers: [addressRecord('example.com.', 5, '192.0.2.53')] };
      return [encodeMessage({ ...reply, id: message.id ^ 1 }), Buffer.of(0), encodeMessage(real)];
    });
    const reply = await plugin(`forward . 127.0.0.1:${port}`).ask(query('example.com.'));
    assert.deepEqual(zoneText(reply), ['example.com. 5 A 192.0.2.53']);
  });
});
