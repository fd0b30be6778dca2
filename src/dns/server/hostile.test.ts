/** Whatever bytes come, there is an answer that can be read and is not too long, or none. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import packet from 'dns-packet';
import type { Asker } from '../contract.ts';
import { corpus, mutated, seeded } from '../testing/corpus.ts';
import { defaultServer } from '../testing/defaults.ts';
import { decodeMessage } from '../wire/decode.ts';
import { WireError } from '../wire/error.ts';
import { answerPacket, ownUdpSize } from './answer.ts';
import { keptAnswers } from './kept.ts';

const udp: Asker = { address: '10.244.0.9', port: 40_000, protocol: 'udp' };

let server: Awaited<ReturnType<typeof defaultServer>>;
before(async () => {
  server = await defaultServer();
});
after(() => server.stop());

/** The EDNS size of a packet, if it can be read. */
function sizeTaken(bytes: Buffer): number {
  try {
    return Math.max(512, Math.min(decodeMessage(bytes).edns?.udpSize ?? 512, ownUdpSize));
  } catch {
    return 512;
  }
}

async function check(bytes: Buffer): Promise<void> {
  const reply = await answerPacket(bytes, udp, server.ask, kept.keep);
  const into = Buffer.alloc(ownUdpSize);
  const length = kept.answer(bytes, 0, bytes.length, into, 0, 4);
  for (const out of [reply, into.subarray(0, length)]) {
    if (!out || out.length === 0) continue;
    assert.ok(out.length <= sizeTaken(bytes), `${out.length} bytes to ${bytes.toString('hex')}`);
    const read = packet.decode(out);
    assert.equal(read.id, bytes.readUInt16BE(0));
    assert.equal(read.type, 'response');
  }
}

const kept = keptAnswers();

test('packets that mean harm', async () => {
  for (const bytes of corpus) await check(bytes);
});

test('thirty thousand mutations of them', async () => {
  const random = seeded(20_260_101);
  for (let i = 0; i < 30_000; i++) await check(mutated(random));
});

test('a packet that cannot be read is a WireError and nothing else', () => {
  const random = seeded(7);
  for (let i = 0; i < 30_000; i++) {
    try {
      decodeMessage(mutated(random));
    } catch (err) {
      assert.ok(err instanceof WireError, String(err));
    }
  }
});
