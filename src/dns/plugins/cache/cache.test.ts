import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Query } from '../../contract.ts';
import { fakeContext, handleOf, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, cnameRecord, type Message, replyTo, soaRecord } from '../../wire/message.ts';
import { rcode } from '../../wire/types.ts';
import { cache } from './index.ts';

const soa = (ttl: number, minimum: number) =>
  soaRecord('example.', ttl, {
    mname: 'ns.',
    rname: 'h.',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum,
  });

/** The world behind the cache: the ttl is in the name, and every answer tells how many there were. */
function cached(lines = 'cache') {
  const context = fakeContext();
  const plugin = setUpFrom(cache, lines, context);
  let count = 0;
  const world = { isAway: false, isGone: false };
  const behind = ({ message, question, name }: Query): Message => {
    count++;
    if (world.isAway) throw new Error('no upstream answered');
    const [kind = '', ttl = ''] = name.split('.')[0]?.split('-') ?? [];
    const reply = replyTo(message);
    if (kind === 'fail') return { ...reply, rcode: rcode.SERVFAIL };
    if (kind === 'cut')
      return { ...reply, truncated: true, answers: [addressRecord(question.name, 60, '192.0.2.1')] };
    if (kind === 'none' || world.isGone)
      return { ...reply, rcode: rcode.NXDOMAIN, authorities: [soa(Number(ttl), 900)] };
    if (kind === 'empty') return { ...reply, authorities: [soa(900, Number(ttl))] };
    if (kind === 'bare') return { ...reply, rcode: rcode.NXDOMAIN };
    if (kind === 'alias')
      return {
        ...reply,
        answers: [cnameRecord(question.name, 600, 'x.'), addressRecord('x.', Number(ttl), '192.0.2.1')],
      };
    return {
      ...reply,
      authoritative: true,
      answers: [addressRecord(question.name, Number(ttl), `192.0.2.${count}`)],
    };
  };
  const ask = async (asked: string | Query): Promise<Message> =>
    handleOf(plugin)(typeof asked === 'string' ? query(asked) : asked, behind);
  return { context, world, ask, dig: async (text: string) => zoneText(await ask(text)), asked: () => count };
}

describe('an answer', () => {
  test('is given again, with its ttl counted down, until it is over', async () => {
    const { dig, context, asked } = cached();
    assert.deepEqual(await dig('a-60.example.'), ['a-60.example. 60 A 192.0.2.1']);
    context.clock.advance(20_000);
    assert.deepEqual(await dig('a-60.example.'), ['a-60.example. 40 A 192.0.2.1']);
    context.clock.advance(39_999);
    assert.deepEqual(await dig('a-60.example.'), ['a-60.example. 1 A 192.0.2.1']);
    context.clock.advance(1);
    assert.deepEqual(await dig('a-60.example.'), ['a-60.example. 60 A 192.0.2.2']);
    assert.equal(asked(), 2);
  });
  test('lives as long as the shortest of its records', async () => {
    const { dig, context } = cached();
    await dig('alias-30.example.');
    context.clock.advance(10_000);
    assert.deepEqual(await dig('alias-30.example.'), ['alias-30.example. 20 CNAME x.', 'x. 20 A 192.0.2.1']);
  });
  test('lives at least five seconds, and no longer than is told', async () => {
    const { dig } = cached('cache 30');
    assert.deepEqual(await dig('a-60.example.'), ['a-60.example. 30 A 192.0.2.1']);
    assert.deepEqual(await dig('a-1.example.'), ['a-1.example. 5 A 192.0.2.2']);
    const own = cached('cache {\n success 10 20 0\n}');
    assert.deepEqual(await own.dig('a-60.example.'), ['a-60.example. 20 A 192.0.2.1']);
    assert.deepEqual(await own.dig('a-1.example.'), ['a-1.example. 1 A 192.0.2.2']);
  });
  test('has the id and the spelling of each question, and speaks with no authority the second time', async () => {
    const { ask } = cached();
    assert.equal((await ask('a-60.example.')).authoritative, true);
    const own = query('A-60.EXAMPLE.');
    const reply = await ask({ ...own, message: { ...own.message, id: 1234 } });
    assert.equal(reply.id, 1234);
    assert.equal(reply.authoritative, false);
    assert.equal(reply.questions[0]?.name, 'A-60.EXAMPLE.');
    assert.deepEqual(zoneText(reply), ['A-60.EXAMPLE. 60 A 192.0.2.1']);
  });
  test('is only for the same name, type and wish for signatures', async () => {
    const { ask, dig, asked } = cached();
    await dig('a-60.example.');
    await dig('a-60.example. AAAA');
    await dig('b-60.example.');
    const own = query('a-60.example.');
    const edns = { udpSize: 1232, version: 0, dnssecOk: true, options: [] };
    await ask({ ...own, message: { ...own.message, edns } });
    await ask({ ...own, message: { ...own.message, checkingDisabled: true } });
    assert.equal(asked(), 5);
  });
});

describe('that there is no answer', () => {
  test('is known for as long as the SOA record says', async () => {
    for (const name of ['none-60.example.', 'empty-60.example.']) {
      const { dig, context, asked } = cached();
      const first = await dig(name);
      context.clock.advance(59_999);
      assert.equal((await dig(name))[0], first[0]);
      assert.equal(asked(), 1);
      context.clock.advance(1);
      await dig(name);
      assert.equal(asked(), 2);
    }
  });
  test('is not kept without a SOA record, nor is a cut answer', async () => {
    const { dig, asked } = cached();
    for (const name of ['bare-60.example.', 'cut-60.example.']) {
      await dig(name);
      await dig(name);
    }
    assert.equal(asked(), 4);
  });
  test('because of a failure is known for five seconds, or as long as is told', async () => {
    for (const [lines, ms] of [
      ['cache', 5_000],
      ['cache {\n servfail 20s\n}', 20_000],
      ['cache {\n servfail 0\n}', 0],
    ] as const) {
      const { dig, context, asked } = cached(lines);
      for (let i = 0; i < 2; i++) assert.deepEqual(await dig('fail-60.example.'), ['SERVFAIL']);
      assert.equal(asked(), ms === 0 ? 2 : 1);
      context.clock.advance(ms);
      await dig('fail-60.example.');
      assert.equal(asked(), ms === 0 ? 3 : 2);
    }
  });
});

describe('the lines in the Corefile', () => {
  test('say which zones are kept at all, and of which only one sort', async () => {
    const { dig, asked } = cached(
      'cache 30 example org {\n disable success cluster.example\n disable denial org\n}',
    );
    const twice = async (name: string) => {
      const before = asked();
      await dig(name);
      await dig(name);
      return asked() - before;
    };
    assert.equal(await twice('a-60.example.'), 1);
    assert.equal(await twice('a-60.com.'), 2);
    assert.equal(await twice('a-60.cluster.example.'), 2);
    assert.equal(await twice('none-60.cluster.example.'), 1);
    assert.equal(await twice('none-60.org.'), 2);
  });
  test('bound how many answers are kept: the one not asked for longest goes', async () => {
    const { dig, asked } = cached('cache {\n success 2\n}');
    for (const name of ['a-60.', 'b-60.', 'a-60.', 'c-60.']) await dig(name);
    assert.equal(asked(), 3);
    await dig('a-60.');
    assert.equal(asked(), 3);
    await dig('b-60.');
    assert.equal(asked(), 4);
  });
  test('that are not understood are refused with their line', () => {
    const refusal = (lines: string, message: RegExp) => assert.throws(() => cached(lines), message);
    refusal('cache {\n prefetch\n}', /Corefile:3: cache: prefetch is a number from 0, not ""/);
    refusal('cache {\n prefetch 1 1m 5%\n}', /prefetch's percentage is from 10% to 90%, not "5%"/);
    refusal('cache {\n prefetch 1 1m 95%\n}', /prefetch's percentage is from 10% to 90%, not "95%"/);
    refusal('cache {\n serve_stale 1h later\n}', /serve_stale refreshes immediate or verify, not "later"/);
    refusal('cache {\n servfail 6m\n}', /Corefile:3: cache: servfail is at most 5m/);
    refusal('cache {\n forever\n}', /Corefile:3: cache: option "forever" is not supported/);
    refusal('cache {\n disable all\n}', /Corefile:3: cache: disable success or denial, not "all"/);
    refusal(
      'cache {\n success many\n}',
      /Corefile:3: cache: success's capacity is a number from 1, not "many"/,
    );
    refusal('cache 0', /Corefile:2: cache: its ttl is a number from 1, not "0"/);
  });
});

describe('an answer that is asked for often', () => {
  test('is asked for again before it is over', async () => {
    const { dig, context, asked } = cached('cache {\n prefetch 2 30s 20%\n}');
    await dig('a-60.');
    context.clock.advance(47_000);
    assert.deepEqual(await dig('a-60.'), ['a-60. 13 A 192.0.2.1']);
    assert.equal(asked(), 1);
    await dig('a-60.');
    assert.equal(asked(), 1, 'a fifth of its life is not left yet');
    context.clock.advance(1_001);
    assert.deepEqual(await dig('a-60.'), ['a-60. 12 A 192.0.2.1']);
    await new Promise(setImmediate);
    assert.equal(asked(), 2);
    assert.deepEqual(await dig('a-60.'), ['a-60. 60 A 192.0.2.2']);
  });
  test('is asked for again in the last second of a short life', async () => {
    const { dig, context, asked } = cached('cache {\n prefetch 1\n}');
    await dig('a-5.');
    context.clock.advance(4_000);
    await dig('a-5.');
    await new Promise(setImmediate);
    assert.equal(asked(), 2);
  });
  test('is never popular where the amount is 0', async () => {
    const { dig, context, asked } = cached('cache {\n prefetch 0\n}');
    await dig('a-60.');
    context.clock.advance(59_000);
    for (let i = 0; i < 5; i++) await dig('a-60.');
    await new Promise(setImmediate);
    assert.equal(asked(), 1);
  });
  test('is not popular when the questions are far apart', async () => {
    const { dig, context, asked } = cached('cache {\n prefetch 2 10s 50%\n}');
    await dig('a-60.');
    for (let i = 0; i < 5; i++) {
      context.clock.advance(11_000);
      await dig('a-60.');
    }
    assert.equal(asked(), 1);
  });
});

describe('an answer that is over', () => {
  test('is given with no ttl while a fresh one is asked for', async () => {
    const { dig, context, asked } = cached('cache {\n serve_stale\n}');
    await dig('a-60.');
    context.clock.advance(61_000);
    assert.deepEqual(await dig('a-60.'), ['a-60. 0 A 192.0.2.1']);
    await new Promise(setImmediate);
    assert.equal(asked(), 2);
    assert.deepEqual(await dig('a-60.'), ['a-60. 60 A 192.0.2.2']);
  });
  test('is given when there is no fresh one, for as long as is told', async () => {
    const { dig, context, world } = cached('cache {\n serve_stale 10m verify\n}');
    await dig('a-60.');
    context.clock.advance(61_000);
    world.isAway = true;
    assert.deepEqual(await dig('a-60.'), ['a-60. 0 A 192.0.2.1']);
    world.isAway = false;
    assert.deepEqual(await dig('a-60.'), ['a-60. 60 A 192.0.2.3']);
    context.clock.advance(660_000);
    world.isAway = true;
    await assert.rejects(dig('a-60.'), /no upstream answered/);
  });
});

test('an answer that is over is not given once it is known that there is none any more', async () => {
  const { dig, context, world } = cached('cache {\n serve_stale 1h IMMEDIATE\n}');
  await dig('a-60.');
  context.clock.advance(61_000);
  world.isGone = true;
  assert.deepEqual(await dig('a-60.'), ['a-60. 0 A 192.0.2.1']);
  await new Promise(setImmediate);
  assert.deepEqual((await dig('a-60.'))[0], 'NXDOMAIN');
});

test('with `keepttl` the ttl is not counted down', async () => {
  const { dig, context } = cached('cache {\n keepttl\n}');
  await dig('a-60.');
  context.clock.advance(20_000);
  assert.deepEqual(await dig('a-60.'), ['a-60. 60 A 192.0.2.1']);
});

test('what the cache does is counted', async () => {
  const { dig, context } = cached('cache {\n success 1\n}');
  for (const name of ['a-60.', 'a-60.', 'none-60.', 'none-60.', 'b-60.']) await dig(name);
  const text = await context.registry.metrics();
  const labels = 'server="dns://:53",zones=".",view=""';
  for (const line of [
    `coredns_cache_hits_total{${labels},type="success"} 1`,
    `coredns_cache_hits_total{${labels},type="denial"} 1`,
    `coredns_cache_misses_total{${labels}} 3`,
    `coredns_cache_requests_total{${labels}} 5`,
    `coredns_cache_entries{${labels},type="success"} 1`,
    `coredns_cache_evictions_total{${labels},type="success"} 1`,
  ])
    assert.ok(text.includes(line), `${line} in\n${text}`);
});
