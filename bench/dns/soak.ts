/**
 * `node bench/dns/soak.ts [PACKETS] [SEED]`: mutated packets, a million unless told otherwise, through the server of the
 * default Corefile and through the answers that it keeps. Says how long the slowest took and what stays in memory;
 * ends with 1 when one was answered wrongly.
 */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Asker } from '../../src/dns/contract.ts';
import { answerPacket, ownUdpSize } from '../../src/dns/server/answer.ts';
import { keptAnswers } from '../../src/dns/server/kept.ts';
import { mutated, seeded } from '../../src/dns/testing/corpus.ts';
import { defaultServer } from '../../src/dns/testing/defaults.ts';
import { decodeMessage } from '../../src/dns/wire/decode.ts';

const packets = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const client: Asker = { address: '10.244.0.9', port: 40_000, protocol: 'udp' };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapMegabytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
};

const server = await defaultServer();
const kept = keptAnswers();
const random = seeded(seed);
const into = Buffer.alloc(ownUdpSize);
let answered = 0;
let slowestMs = 0;
let before = 0;
for (let i = 0; i < packets; i++) {
  // What is loaded and compiled at first is not what stays.
  if (i === Math.min(10_000, packets >> 1)) before = heapMegabytes();
  const bytes = mutated(random);
  const startMs = performance.now();
  const length = kept.answer(bytes, 0, bytes.length, into, 0, 4);
  const reply =
    length > 0 ? into.subarray(0, length) : await answerPacket(bytes, client, server.ask, kept.keep);
  slowestMs = Math.max(slowestMs, performance.now() - startMs);
  if (!reply) continue;
  answered++;
  assert.ok(reply.length <= ownUdpSize, bytes.toString('hex'));
  assert.equal(decodeMessage(reply).id, bytes.readUInt16BE(0), bytes.toString('hex'));
}
const grownMegabytes = heapMegabytes() - before;
server.stop();
process.stdout.write(
  `${packets} packets (seed ${seed}), ${answered} answered; the slowest took ${slowestMs.toFixed(1)} ms; ` +
    `memory grew by ${grownMegabytes.toFixed(1)} MB\n`,
);
