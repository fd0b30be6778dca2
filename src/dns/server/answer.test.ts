import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import packet, { type DecodedPacket, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { chain } from '../chain.ts';
import type { Asker, Next } from '../contract.ts';
import { addressRecord, replyTo } from '../wire/message.ts';
import { answerPacket, ownUdpSize } from './answer.ts';

const udp: Asker = { address: '10.244.0.9', port: 40_000, protocol: 'udp' };
const tcp: Asker = { ...udp, protocol: 'tcp' };

/** As many addresses as the first label says. */
const counting: Next = ({ message, question, name }) => ({
  ...replyTo(message),
  answers: Array.from({ length: Number(name.split('.')[0]) }, (_, i) =>
    addressRecord(question.name, 5, `10.0.${i >> 8}.${i & 255}`),
  ),
});

/** RD; dns-packet writes it into the flags. */
const recursionDesired = 0x0100;
const ask = (name: string, more: Partial<Packet> = {}): Packet => ({
  type: 'query',
  id: 99,
  flags: recursionDesired,
  questions: [{ name, type: 'A', class: 'IN' }],
  ...more,
});
const opt = (more = {}): NonNullable<Packet['additionals']> => [
  {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 4096,
    flags: 0,
    options: [],
    extendedRcode: 0,
    ednsVersion: 0,
    flag_do: false,
    ...more,
  },
];

const answerTo = (asked: Packet, client = udp, next = counting): DecodedPacket & { rcode: string } => {
  const out = answerPacket(packet.encode(asked), client, next);
  assert.ok(out instanceof Buffer);
  return packet.decode(out) as DecodedPacket & { rcode: string };
};
const optOf = (reply: DecodedPacket) => reply.additionals?.find((r) => r.type === 'OPT');

describe('an answer', () => {
  test('has the id, the question and the wish for recursion of the query', () => {
    const reply = answerTo(ask('1.Example.org'));
    assert.equal(reply.id, 99);
    assert.equal(reply.type, 'response');
    assert.equal(reply.flag_rd, true);
    assert.equal(reply.questions?.[0]?.name, '1.Example.org');
    assert.deepEqual(reply.answers, [
      { name: '1.Example.org', type: 'A', class: 'IN', ttl: 5, flush: false, data: '10.0.0.0' },
    ]);
  });
  test('has an OPT record when the query had one, and else none', () => {
    assert.equal(optOf(answerTo(ask('1.x'))), undefined);
    const reply = optOf(answerTo(ask('1.x', { additionals: opt({ flags: packet.DNSSEC_OK }) })));
    assert.ok(reply?.type === 'OPT');
    assert.equal(reply.udpPayloadSize, ownUdpSize);
    assert.equal(reply.flag_do, true);
  });
  test('is cut to what the client takes by UDP, and says so', () => {
    const sizes = [
      { asked: ask('60.x'), limit: 512 },
      { asked: ask('200.x', { additionals: opt({ udpPayloadSize: 900 }) }), limit: 900 },
      { asked: ask('60.x', { additionals: opt({ udpPayloadSize: 100 }) }), limit: 512 },
      { asked: ask('200.x', { additionals: opt({ udpPayloadSize: 65_000 }) }), limit: ownUdpSize },
    ];
    for (const { asked, limit } of sizes) {
      const out = answerPacket(packet.encode(asked), udp, counting) as Buffer;
      assert.ok(out.length <= limit && out.length > limit - 20, `${out.length} of ${limit}`);
      assert.equal(packet.decode(out).flag_tc, true);
    }
  });
  test('is whole by TCP', () => {
    const reply = answerTo(ask('200.x'), tcp);
    assert.equal(reply.flag_tc, false);
    assert.equal(reply.answers?.length, 200);
  });
  test('is SERVFAIL when what should answer fails, now or later', async () => {
    const throwing: Next = () => {
      throw new Error('broken');
    };
    assert.equal(answerTo(ask('1.x'), udp, throwing).rcode, 'SERVFAIL');
    const late = await answerPacket(packet.encode(ask('1.x')), udp, () => Promise.reject(new Error('late')));
    assert.equal((packet.decode(late as Buffer) as unknown as { rcode: string }).rcode, 'SERVFAIL');
  });
});

describe('what is no question for us', () => {
  const raw = (change: (bytes: Buffer) => void) => {
    const bytes = packet.encode(ask('1.x'));
    change(bytes);
    return answerPacket(bytes, udp, counting) as Buffer | undefined;
  };
  const rcodeOf = (bytes: Buffer | undefined) => (bytes?.[3] ?? 0) & 15;
  test('an answer is dropped, or two servers would talk for ever', () => {
    assert.equal(
      raw((bytes) => bytes.writeUInt8(0x80, 2)),
      undefined,
    );
  });
  test('less than a header is dropped', () => {
    for (let length = 0; length < 12; length++)
      assert.equal(answerPacket(Buffer.alloc(length), udp, counting), undefined);
  });
  test('what cannot be read is FORMERR, with the id', () => {
    const reply = raw((bytes) => bytes.writeUInt16BE(9, 4));
    assert.deepEqual(reply, Buffer.from([0, 99, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
  });
  test('another opcode is NOTIMP', () => {
    const reply = raw((bytes) => bytes.writeUInt8(4 << 3, 2));
    assert.equal(rcodeOf(reply), 4);
    assert.equal(((reply?.[2] ?? 0) >> 3) & 15, 4);
  });
  test('no question, or two, are FORMERR (RFC 9619)', () => {
    assert.equal(answerTo(ask('1.x', { questions: [] })).rcode, 'FORMERR');
    const two = ask('1.x');
    assert.equal(
      answerTo({ ...two, questions: [...(two.questions ?? []), ...(two.questions ?? [])] }).rcode,
      'FORMERR',
    );
  });
  test('CHAOS and transfers are REFUSED', () => {
    assert.equal(
      answerTo(ask('x', { questions: [{ name: 'version.bind', type: 'TXT', class: 'CH' }] }), udp, chain([]))
        .rcode,
      'REFUSED',
    );
    for (const type of ['AXFR', 'IXFR'] as const)
      assert.equal(answerTo(ask('x', { questions: [{ name: 'x', type }] }), tcp).rcode, 'REFUSED');
  });
  test('types that nobody asks for are FORMERR', () => {
    for (const type of [41, 249, 250, 253, 254])
      assert.equal(rcodeOf(raw((bytes) => bytes.writeUInt16BE(type, bytes.length - 4))), 1, String(type));
  });
  test('a later version of EDNS is BADVERS', () => {
    const reply = answerTo(ask('1.x', { additionals: opt({ ednsVersion: 1 }) }));
    const found = optOf(reply);
    assert.ok(found?.type === 'OPT');
    // BADVERS is 16: its upper bits are in the OPT record.
    assert.equal(found.extendedRcode, 1);
    assert.equal(found.ednsVersion, 0);
    assert.equal(reply.answers?.length, 0);
  });
});

describe('whatever bytes come', () => {
  test('nothing is thrown, and every answer can be read', async () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(
          packet.encode(ask('3.example.org')),
          packet.encode(ask('200.x', { additionals: opt() })),
        ),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(60),
      )
      .map(([bytes, changes, cut]) => {
        const out = Buffer.from(bytes.subarray(0, cut < 30 ? bytes.length : cut));
        for (const [at, value] of changes) if (out.length > 0) out[at % out.length] = value;
        return out;
      });
    const any = fc.oneof(
      mutated,
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(any, fc.constantFrom(udp, tcp), async (bytes, client) => {
        const out = await answerPacket(bytes, client, counting);
        if (!out) return;
        const reply = packet.decode(out);
        assert.equal(reply.id, bytes.readUInt16BE(0));
        assert.equal(reply.type, 'response');
        assert.ok(client === tcp || out.length <= ownUdpSize);
      }),
      { numRuns: 3_000 },
    );
  });
});
