import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { addressOfReverse, reverseName } from './address.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { WireError } from './error.ts';
import {
  addressRecord,
  cnameRecord,
  type Message,
  replyTo,
  soaRecord,
  srvRecord,
  txtRecord,
} from './message.ts';
import { canonical, isName, isWithin, labelsOf, readName } from './name.ts';
import { recordType } from './types.ts';

const query = (name: string, type: number = recordType.A): Message => ({
  ...replyTo({
    id: 7,
    opcode: 0,
    recursionDesired: true,
    checkingDisabled: false,
    questions: [],
  } as unknown as Message),
  response: false,
  questions: [{ name, type, class: 1 }],
});

const answer: Message = {
  ...replyTo(query('Web.default.svc.cluster.local.')),
  authoritative: true,
  answers: [
    cnameRecord('Web.default.svc.cluster.local.', 5, 'db.default.svc.cluster.local.'),
    addressRecord('db.default.svc.cluster.local.', 30, '10.96.0.17'),
    addressRecord('db.default.svc.cluster.local.', 30, 'fd96::11'),
    srvRecord('_http._tcp.db.default.svc.cluster.local.', 30, {
      weight: 100,
      port: 80,
      target: 'db.default.svc.cluster.local.',
    }),
    txtRecord('dns-version.cluster.local.', 5, '1.1.0'),
  ],
  authorities: [
    soaRecord('cluster.local.', 30, {
      mname: 'ns.dns.cluster.local.',
      rname: 'hostmaster.cluster.local.',
      serial: 1,
      refresh: 2,
      retry: 3,
      expire: 4,
      minimum: 5,
    }),
  ],
  edns: { udpSize: 1232, version: 0, dnssecOk: true, options: [{ code: 10, data: Buffer.of(1, 2, 3) }] },
};

describe('a message', () => {
  test('is read again as it was written', () => {
    const read = decodeMessage(encodeMessage(answer));
    const plain = (m: Message) =>
      JSON.parse(
        JSON.stringify(m, (_key, v) =>
          v?.type === 'Buffer' ? v.data : v instanceof Uint8Array ? [...v] : v,
        ),
      );
    assert.deepEqual(plain(read), plain(answer));
  });

  test('is read by another implementation as we mean it', () => {
    const read = packet.decode(encodeMessage(answer));
    assert.equal(read.id, 7);
    assert.equal(read.flag_aa, true);
    assert.deepEqual(
      read.answers?.map((a) => ('data' in a ? [a.name, a.type] : [])),
      [
        ['Web.default.svc.cluster.local', 'CNAME'],
        ['db.default.svc.cluster.local', 'A'],
        ['db.default.svc.cluster.local', 'AAAA'],
        ['_http._tcp.db.default.svc.cluster.local', 'SRV'],
        ['dns-version.cluster.local', 'TXT'],
      ],
    );
  });

  test('repeats a name by a pointer', () => {
    const uncompressed = 12 + answer.answers.reduce((sum, a) => sum + a.name.length + 40, 0);
    assert.ok(encodeMessage(answer).length < uncompressed);
  });

  test('that is too long for UDP is cut at a record and says so', () => {
    const many: Message = {
      ...answer,
      answers: Array.from({ length: 100 }, (_, i) => addressRecord('many.example.', 30, `10.0.0.${i}`)),
    };
    const bytes = encodeMessage(many, 512);
    assert.ok(bytes.length <= 512);
    const read = decodeMessage(bytes);
    assert.equal(read.truncated, true);
    assert.ok(read.answers.length > 20 && read.answers.length < 100);
    assert.equal(read.edns?.udpSize, 1232);
  });

  test('of any bytes is read or refused, in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        try {
          decodeMessage(bytes);
        } catch (err) {
          assert.ok(err instanceof WireError, String(err));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('with one byte changed is read or refused', () => {
    const good = encodeMessage(answer);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = Buffer.from(good);
        bad[at] = byte;
        try {
          decodeMessage(bad);
        } catch (err) {
          assert.ok(err instanceof WireError, String(err));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a name', () => {
  test('of more pointers than a name can have labels is refused', () => {
    const ladder = (rungs: number): Buffer => {
      const bytes = Buffer.alloc(2 + 2 * rungs);
      for (let i = 1; i <= rungs; i++) bytes.writeUInt16BE(0xc000 | (i === 1 ? 0 : 2 * (i - 1)), 2 * i);
      return bytes;
    };
    assert.equal(readName(ladder(127), 2 * 127).name, '.');
    assert.throws(() => readName(ladder(128), 2 * 128), /too many compression pointers/);
  });
  test('whose pointer points at itself or forwards is refused', () => {
    assert.throws(() => readName(Uint8Array.of(0xc0, 0x00), 0), WireError);
    assert.throws(() => readName(Uint8Array.of(1, 97, 0xc0, 0x00), 0), WireError);
    assert.throws(() => readName(Uint8Array.of(0xc0, 0x04, 0, 0, 0), 0), WireError);
  });

  test('longer than 255 bytes is refused', () => {
    const label = [63, ...Array(63).fill(97)];
    assert.throws(
      () => readName(Uint8Array.from([...label, ...label, ...label, ...label, 0]), 0),
      /longer than 255/,
    );
    assert.equal(isName(`${'a'.repeat(64)}.`), false);
  });

  test('keeps any byte of a label', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 5 }), (labels) => {
        const bytes = Uint8Array.from([...labels.flatMap((l) => [l.length, ...l]), 0]);
        const { name, end } = readName(bytes, 0);
        assert.equal(end, bytes.length);
        assert.deepEqual(
          labelsOf(name).map((l) => [...l]),
          labels.map((l) => [...l]),
        );
      }),
    );
  });

  test('is compared without case, and is within its zones by whole labels', () => {
    assert.equal(canonical('Web.Default'), 'web.default.');
    assert.ok(isWithin('a.cluster.local.', 'cluster.local.'));
    assert.ok(isWithin('cluster.local.', 'cluster.local.'));
    assert.ok(!isWithin('mycluster.local.', 'cluster.local.'));
    assert.ok(isWithin('anything.', '.'));
  });

  test('of the reverse zones stands for an address, and back', () => {
    assert.equal(reverseName('10.96.0.17'), '17.0.96.10.in-addr.arpa.');
    for (const address of ['10.96.0.17', 'fd96::11', '::1'])
      assert.equal(addressOfReverse(reverseName(address)), address);
    for (const name of ['96.10.in-addr.arpa.', '300.0.0.10.in-addr.arpa.', 'x.ip6.arpa.', 'example.']) {
      assert.equal(addressOfReverse(name), undefined);
    }
  });
});

describe('what cannot be written is refused instead of written wrongly', () => {
  const write = (name: string, address: string) =>
    encodeMessage({ ...answer, answers: [addressRecord(name, 5, address)] });
  test('a label that is empty or longer than 63 bytes', () => {
    assert.throws(() => write('a..example.', '10.0.0.1'), /one of its labels has 0 bytes/);
    assert.throws(() => write(`${'a'.repeat(64)}.example.`, '10.0.0.1'), /one of its labels has 64 bytes/);
    assert.ok(write(`${'a'.repeat(63)}.example.`, '10.0.0.1'));
  });
  test('an address that is none', () => {
    for (const address of ['10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.1.2', '10..0.1', '10.0.0.1x', ''])
      assert.throws(() => write('x.', address), /Cannot parse IP address/, address);
  });
});

test('addresses are written as they are read', () => {
  const reply = {
    ...answer,
    answers: ['0.0.0.0', '10.96.0.17', '255.255.255.255', 'fd96::11'].map((a) => addressRecord('x.', 5, a)),
  };
  assert.deepEqual(decodeMessage(encodeMessage(reply)).answers, reply.answers);
});
