import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import packet, { type DecodedPacket, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { chain } from '../chain.ts';
import type { Asker, Next, Plugin } from '../contract.ts';
import { loadbalance } from '../plugins/loadbalance/index.ts';
import { fakeContext, setUpFrom } from '../testing/context.ts';
import { addressRecord, type Lasting, noted, replyTo, srvRecord } from '../wire/message.ts';
import { recordType } from '../wire/types.ts';
import { answerPacket, ownUdpSize } from './answer.ts';
import { keptAnswers } from './kept.ts';

const client: Asker = { address: '10.244.0.9', port: 40_000, protocol: 'udp' };

const numbers = (name: string) => [...Array(Number(/^\d+/.exec(name)?.[0])).keys()];

/** As many addresses as the name says, for as long as `lasting` is not stale; and how often it was asked. */
function world(plugins: Plugin[] = []) {
  const lasting: Lasting = { stale: false };
  let asked = 0;
  const handle: Next = ({ message, question, name }) => {
    asked++;
    const answers =
      question.type === recordType.SRV
        ? numbers(name).map((i) =>
            srvRecord(question.name, 5, { weight: 1, port: i, target: `target-${i}.${name}` }),
          )
        : numbers(name).map((i) => addressRecord(question.name, 5, `10.0.0.${i}`));
    return noted({ ...replyTo(message), authoritative: true, answers }, { lasting });
  };
  const kept = keptAnswers();
  const next = chain([...plugins, { name: 'world', handle, again: () => undefined }]);
  /** As the server does it: from what is kept, else by asking. */
  const ask = (query: Packet): { bytes: Buffer; isKept: boolean } => {
    const bytes = packet.encode(query);
    const into = Buffer.alloc(ownUdpSize);
    const length = kept.answer(bytes, 0, bytes.length, into, 0, 4);
    if (length > 0) return { bytes: into.subarray(0, length), isKept: true };
    return { bytes: answerPacket(bytes, client, next, kept.keep) as Buffer, isKept: false };
  };
  return { lasting, kept, ask, next, asked: () => asked };
}

const query = (name: string, more: Partial<Packet> = {}): Packet => ({
  type: 'query',
  id: 99,
  flags: packet.RECURSION_DESIRED,
  questions: [{ name, type: 'A', class: 'IN' }],
  ...more,
});
const opt = (more = {}): NonNullable<Packet['additionals']> => [
  {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    flags: 0,
    options: [],
    extendedRcode: 0,
    ednsVersion: 0,
    flag_do: false,
    ...more,
  },
];

describe('a kept answer', () => {
  test('is what asking again would have come to, for every asker', () => {
    const askers = fc.record({
      id: fc.nat(65_535),
      name: fc.constantFrom('3.example.org', '3.EXAMPLE.org', '3.eXample.ORG'),
      recursion: fc.boolean(),
      checking: fc.boolean(),
      edns: fc.option(
        fc.record({ udpPayloadSize: fc.constantFrom(100, 512, 1232, 4096), dnssec: fc.boolean() }),
      ),
    });
    const { ask, next } = world();
    ask(query('3.example.org'));
    fc.assert(
      fc.property(askers, ({ id, name, recursion, checking, edns }) => {
        const flags = (recursion ? packet.RECURSION_DESIRED : 0) | (checking ? packet.CHECKING_DISABLED : 0);
        const additionals = edns
          ? opt({ udpPayloadSize: edns.udpPayloadSize, flags: edns.dnssec ? packet.DNSSEC_OK : 0 })
          : [];
        const asked = query(name, { id, flags, additionals });
        const { bytes, isKept } = ask(asked);
        assert.equal(isKept, true);
        const fresh = answerPacket(packet.encode(asked), client, next) as Buffer;
        assert.equal(bytes.toString('hex'), fresh.toString('hex'));
      }),
    );
  });
  test('is asked for again when what it was made from has changed', () => {
    const { ask, lasting, asked } = world();
    ask(query('1.x'));
    ask(query('1.x'));
    assert.equal(asked(), 1);
    lasting.stale = true;
    assert.equal(ask(query('1.x')).isKept, false);
    assert.equal(asked(), 2);
  });
  test('is for one name, type and class', () => {
    const { ask } = world();
    ask(query('1.x'));
    for (const other of [
      query('2.x'),
      query('1.xx'),
      query('1.x', { questions: [{ name: '1.x', type: 'SRV', class: 'IN' }] }),
      query('1.x', { questions: [{ name: '1.x', type: 'A', class: 'CH' }] }),
    ])
      assert.equal(ask(other).isKept, false);
  });
  test('is never for a type whose number is a letter in the other case', () => {
    const { kept, ask } = world();
    // HTTPS is 65, `A`; 97 is `a`.
    ask(query('1.x', { questions: [{ name: '1.x', type: 'UNKNOWN_65' as 'A', class: 'IN' }] }));
    const bytes = packet.encode(query('1.x'));
    const of = (type: number) => {
      bytes.writeUInt16BE(type, bytes.length - 4);
      return kept.answer(bytes, 0, bytes.length, Buffer.alloc(512), 0, 4);
    };
    assert.equal(of(97), 0);
  });
  test('is not given where the question has more to it', () => {
    const { ask } = world();
    ask(query('1.x'));
    const cookie = { code: 10, data: Buffer.alloc(8) };
    assert.equal(ask(query('1.x', { additionals: opt({ options: [cookie] }) })).isKept, false);
    assert.equal(ask(query('1.x', { additionals: opt({ ednsVersion: 1 }) })).isKept, false);
    assert.equal(ask(query('1.x', { flags: packet.AUTHORITATIVE_ANSWER })).isKept, false);
  });
  test('that is too long for its asker is cut by asking', () => {
    const { ask } = world();
    ask(query('40.x', { additionals: opt() }));
    assert.equal(ask(query('40.x', { additionals: opt() })).isKept, true);
    const { bytes, isKept } = ask(query('40.x'));
    assert.equal(isKept, false);
    assert.equal(packet.decode(bytes).flag_tc, true);
    assert.ok(bytes.length <= 512);
  });
  test('of another sort is kept as it was cut, too', () => {
    const { ask } = world();
    const asked = query('20.x', { questions: [{ name: '20.x', type: 'SRV', class: 'IN' }] });
    const first = ask(asked);
    const second = ask(asked);
    assert.equal(second.isKept, true);
    assert.equal(packet.decode(second.bytes).flag_tc, true);
    assert.equal(second.bytes.toString('hex'), first.bytes.toString('hex'));
    const large = { ...asked, additionals: opt() };
    assert.equal(ask(large).isKept, true);
    assert.equal(packet.decode(ask(large).bytes).answers?.length, 20);
    assert.equal(ask({ ...asked, additionals: opt({ udpPayloadSize: 600 }) }).isKept, false);
  });
  test('has its addresses in another order each time', () => {
    let turn = 0;
    const context = fakeContext({ random: () => [0, 0.5, 0.99, 0.25][turn++ % 4] ?? 0 });
    const { ask } = world([setUpFrom(loadbalance, 'loadbalance', context)]);
    const orders = Array.from({ length: 20 }, () => {
      const { answers = [] } = packet.decode(ask(query('3.x')).bytes) as DecodedPacket;
      return answers.map((r) => (r.type === 'A' ? r.data : ''));
    });
    for (const order of orders) assert.deepEqual(order.toSorted(), ['10.0.0.0', '10.0.0.1', '10.0.0.2']);
    assert.ok(new Set(orders.map(String)).size > 2);
  });
  test('is forgotten with its generation', () => {
    const { ask, kept } = world();
    ask(query('1.x'));
    kept.clear();
    assert.equal(ask(query('1.x')).isKept, false);
  });
});

test('nothing is kept when a plugin wants to see every question', () => {
  const seeing: Plugin = { name: 'seeing', handle: (asked, next) => next(asked) };
  const { ask, asked } = world([seeing]);
  ask(query('1.x'));
  assert.equal(ask(query('1.x')).isKept, false);
  assert.equal(asked(), 2);
});

test('no bytes make it answer what was not asked', () => {
  const { ask, kept } = world();
  for (const name of ['1.x', '2.x', '3.example.org']) ask(query(name, { additionals: opt() }));
  const seeds = ['1.x', '2.x', '3.example.org'].map((name) =>
    packet.encode(query(name, { additionals: opt() })),
  );
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(60))
    .map(([bytes, changes, cut]) => {
      const out = Buffer.from(bytes.subarray(0, cut < 40 ? bytes.length : cut));
      for (const [at, value] of changes) if (out.length > 0) out[at % out.length] = value;
      return out;
    });
  fc.assert(
    fc.property(mutated, (bytes) => {
      const into = Buffer.alloc(ownUdpSize);
      const length = kept.answer(bytes, 0, bytes.length, into, 0, 4);
      if (length === 0) return;
      const reply = packet.decode(into.subarray(0, length));
      assert.equal(reply.id, bytes.readUInt16BE(0));
      assert.deepEqual(reply.questions, packet.decode(bytes).questions);
      assert.equal(reply.answers?.length, Number(/^\d+/.exec(reply.questions?.[0]?.name ?? '')?.[0]));
    }),
    { numRuns: 5_000 },
  );
});
