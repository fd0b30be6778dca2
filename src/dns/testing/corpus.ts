/** Packets that mean harm, and mutations of them and of good ones: the same for the same seed. */
import { encodeMessage } from '../wire/encode.ts';
import { questionMessage } from '../wire/message.ts';
import { recordType } from '../wire/types.ts';

const header = (counts: readonly [number, number, number, number], flags = 0x0100): Buffer => {
  const out = Buffer.alloc(12);
  out.writeUInt16BE(0x1234, 0);
  out.writeUInt16BE(flags, 2);
  counts.forEach((count, i) => out.writeUInt16BE(count, 4 + 2 * i));
  return out;
};

const one = [1, 0, 0, 0] as const;
const ask = (...parts: (Buffer | number[])[]): Buffer =>
  Buffer.concat([header(one), ...parts.map((part) => Buffer.from(part))]);
const inA = [0, 1, 0, 1];
const label = (length: number, fill = 0x61): Buffer =>
  Buffer.concat([Buffer.of(length), Buffer.alloc(length, fill)]);

const good = (
  name: string,
  type: number,
  edns?: { udpSize: number; options?: { code: number; data: Buffer }[] },
) => {
  const message = questionMessage(0x4321, name, type);
  return encodeMessage(
    edns ? { ...message, edns: { version: 0, dnssecOk: false, options: [], ...edns } } : message,
  );
};

/** A ladder of pointers, each to the one before, and thousands of records whose names begin at its end. */
function pointersOverPointers(): Buffer {
  const question = Buffer.concat([label(6), Buffer.from([0, ...inA])]);
  const start = 12 + question.length + 11;
  // Pointers reach no further.
  const rungs = (0x3fff - start) >> 1;
  const ladder = Buffer.alloc(rungs * 2);
  for (let i = 0; i < rungs; i++) ladder.writeUInt16BE(0xc000 | (i === 0 ? 12 : start + 2 * (i - 1)), 2 * i);
  const end = 0xc000 | (start + 2 * (rungs - 1));
  const opaque = [0, 0, 99, 0, 1, 0, 0, 0, 0, ladder.length >> 8, ladder.length & 255];
  const record = Buffer.from([end >> 8, end & 255, 0, 99, 0, 1, 0, 0, 0, 0, 0, 0]);
  const records = Array.from({ length: 4_000 }, () => record);
  return Buffer.concat([header([1, 4_001, 0, 0]), question, Buffer.from(opaque), ladder, ...records]);
}

export const corpus: readonly Buffer[] = [
  good('web.default.svc.cluster.local.', recordType.A),
  good('web.default.svc.cluster.local.', recordType.A, { udpSize: 1232 }),
  good('_http._tcp.db.default.svc.cluster.local.', recordType.SRV, { udpSize: 4096 }),
  good('17.0.96.10.in-addr.arpa.', recordType.PTR),
  good('alias.default.svc.cluster.local.', recordType.AAAA),
  good('example.com.', recordType.ANY, { udpSize: 512, options: [{ code: 10, data: Buffer.alloc(8) }] }),
  good('.', recordType.NS),
  // Less than a header, and nothing but one.
  Buffer.alloc(0),
  Buffer.alloc(11),
  header([0, 0, 0, 0]),
  // Pointers: to itself, in a circle, forwards, beyond the end, into the header.
  ask([0xc0, 12], inA),
  ask([1, 0x61, 0xc0, 12], inA),
  ask([0xc0, 14, 0xc0, 12], inA),
  ask([0xc0, 40], inA),
  ask([0xff, 0xff], inA),
  ask([0xc0, 0], inA),
  ask([0xc0]),
  pointersOverPointers(),
  // Labels: too long a name, of unknown kinds, past the end.
  ask(...Array.from({ length: 5 }, () => label(63)), [0], inA),
  ask(...Array.from({ length: 127 }, () => label(1)), [0], inA),
  ask([0x40, 0x61, 0], inA),
  ask([0x80, 0x61, 0], inA),
  ask([63, 0x61]),
  ask(label(3, 0x2e), label(3, 0x00), label(3, 0xff), [0], inA),
  // Counts that lie.
  Buffer.concat([header([0xffff, 0xffff, 0xffff, 0xffff]), label(3), Buffer.from([0, ...inA])]),
  Buffer.concat([header([1, 0, 0, 0xffff]), label(3), Buffer.from([0, ...inA])]),
  // Records whose length lies; two OPT records; options cut short.
  Buffer.concat([
    header([1, 1, 0, 0]),
    label(3),
    Buffer.from([0, ...inA, 0xc0, 12, ...inA, 0, 0, 0, 5, 0xff, 0xff]),
  ]),
  Buffer.concat([
    header([1, 0, 0, 2]),
    label(3),
    Buffer.from([0, ...inA, 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0]),
  ]),
  Buffer.concat([
    header([1, 0, 0, 1]),
    label(3),
    Buffer.from([0, ...inA, 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 3, 0, 10, 0]),
  ]),
  // An answer, and other opcodes.
  Buffer.concat([header(one, 0x8180), label(3), Buffer.from([0, ...inA])]),
  Buffer.concat([header(one, 0x2800), label(3), Buffer.from([0, ...inA])]),
  Buffer.concat([header(one), label(3), Buffer.from([0, 0, 252, 0, 1])]),
  Buffer.alloc(65_535, 0xc0),
  Buffer.alloc(65_535, 1),
];

/** mulberry32: numbers from 0 up to 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the corpus, changed in a few places, cut, doubled or spliced with another. */
export function mutated(random: () => number): Buffer {
  const below = (n: number) => Math.floor(random() * n);
  const pick = () => corpus[below(corpus.length)] as Buffer;
  let bytes = Buffer.from(pick().subarray(0, 600));
  const kind = below(4);
  if (kind === 1) bytes = bytes.subarray(0, below(bytes.length + 1));
  if (kind === 2)
    bytes = Buffer.concat([bytes.subarray(0, below(bytes.length + 1)), pick().subarray(0, 300)]);
  for (let changes = below(8); changes > 0 && bytes.length > 0; changes--) {
    const at = below(bytes.length);
    bytes[at] = below(2) === 0 ? below(256) : (bytes[at] as number) ^ (1 << below(8));
  }
  return bytes;
}
