/**
 * Answers as bytes, for questions that were asked before: nothing is read but the question, nothing written but
 * what differs from asker to asker. Each is kept for as long as the plugin that gave it vouches for it.
 */
import { encodeMessage } from '../wire/encode.ts';
import type { Lasting, Message } from '../wire/message.ts';
import { recordType } from '../wire/types.ts';
import { type Keep, ownUdpSize, smallestUdpSize } from './answer.ts';

export interface KeptAnswers {
  keep: Keep;
  /**
   * Writes the answer to the question that stands in `from` into `into`; returns its length, 0 when the question
   * is not known or is one of the rarer kinds.
   */
  answer(from: Uint8Array, at: number, length: number, into: Uint8Array, to: number, family: 4 | 6): number;
  clear(): void;
}

interface Entry {
  /** From the name, in lower case, to the class. */
  question: Uint8Array;
  /** For those who take as much as we send by UDP; without the OPT record that they get. */
  long: Uint8Array;
  /** For those without EDNS. */
  short: Uint8Array | undefined;
  lasting: Lasting;
  again: (bytes: Uint8Array, family: 4 | 6) => void;
  /** Another question with the same hash. */
  next: Entry | undefined;
}

/** Beyond it all are forgotten, and kept again as they are asked for. */
const most = 50_000;
const headerLength = 12;
const optLength = 11;

export function keptAnswers(): KeptAnswers {
  const entries = new Map<number, Entry>();
  let count = 0;

  const clear = () => {
    entries.clear();
    count = 0;
  };

  return {
    clear,

    keep(packet, reply) {
      const { lasting, again } = reply.notes ?? {};
      const end = endOfQuestion(packet, 0, packet.length);
      if (!lasting || !again || end === 0) return;
      const long = encoded(reply, ownUdpSize - optLength);
      const short = encoded(reply, smallestUdpSize);
      if (!long) return;
      const hash = hashOf(packet, headerLength, end);
      const question = lowerCase(packet.subarray(headerLength, end));
      if (++count > most) clear();
      const next = without(entries.get(hash), question);
      entries.set(hash, { question, long, short: sameOrOne(short, long), lasting, again, next });
    },

    answer(from, at, length, into, to, family) {
      const end = endOfQuestion(from, at, length);
      if (end === 0) return 0;
      const hasOpt = from[at + 11] === 1;
      if (length !== end - at + (hasOpt ? optLength : 0)) return 0;
      if (hasOpt && !isPlainOpt(from, end)) return 0;
      let entry = entries.get(hashOf(from, at + headerLength, end));
      while (entry && !isSame(entry.question, from, at + headerLength, end)) entry = entry.next;
      if (!entry || entry.lasting.stale) return 0;
      const bytes = hasOpt ? fitting(entry.long, sizeIn(from, end)) : entry.short;
      if (!bytes) return 0;
      entry.again(bytes, family);
      into.set(bytes, to);
      personalize(from, at, end, into, to);
      if (hasOpt) writeOpt(from, end, into, to, bytes.length);
      return bytes.length + (hasOpt ? optLength : 0);
    },
  };
}

/** An answer that is cut is kept only if it is not one of addresses: of those each asker should see others. */
function encoded({ edns: _edns, ...reply }: Message, limit: number): Buffer | undefined {
  const bytes = encodeMessage(reply, limit);
  const isCut = ((bytes[2] ?? 0) & truncated) !== 0;
  const [first] = reply.answers;
  const isOfAddresses = first?.type === recordType.A || first?.type === recordType.AAAA;
  return isCut && isOfAddresses ? undefined : bytes;
}

/** Mostly there is nothing to cut. */
const sameOrOne = (short: Buffer | undefined, long: Buffer): Buffer | undefined =>
  short?.equals(long) ? long : short;

const truncated = 0x02;

/** For a client that takes less than we send, only what is whole. */
function fitting(long: Uint8Array, size: number): Uint8Array | undefined {
  if (size >= ownUdpSize) return long;
  const isCut = ((long[2] ?? 0) & truncated) !== 0;
  return !isCut && long.length + optLength <= Math.max(size, smallestUdpSize) ? long : undefined;
}

/** The largest message that the client takes, of its OPT record. */
const sizeIn = (packet: Uint8Array, opt: number): number =>
  ((packet[opt + 3] as number) << 8) | (packet[opt + 4] as number);

/** Where the only question ends; 0 when the packet is anything but a plain query. */
function endOfQuestion(packet: Uint8Array, at: number, length: number): number {
  if (length < headerLength + 5) return 0;
  // No flag but RD, AD, CD; one question, at most one additional record.
  if (((packet[at + 2] ?? 0) & 0xfe) !== 0 || ((packet[at + 3] ?? 0) & 0xcf) !== 0) return 0;
  if (packet[at + 4] !== 0 || packet[at + 5] !== 1) return 0;
  for (let i = 6; i < 11; i++) if (packet[at + i] !== 0) return 0;
  if ((packet[at + 11] ?? 0) > 1) return 0;
  const last = at + length - 5;
  let position = at + headerLength;
  for (let size = packet[position] ?? 0; size !== 0; size = packet[position] ?? 0) {
    position += size + 1;
    if (size > 63 || position > last) return 0;
  }
  return position + 5;
}

/** An OPT record of version 0 without options. */
const isPlainOpt = (packet: Uint8Array, at: number): boolean =>
  packet[at] === 0 &&
  packet[at + 1] === 0 &&
  packet[at + 2] === recordType.OPT &&
  packet[at + 5] === 0 &&
  packet[at + 6] === 0 &&
  packet[at + 9] === 0 &&
  packet[at + 10] === 0;

/** Type and class: 65 is not 97. */
const tail = 4;

/** Lengths of labels are below the letters. */
const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5;
  let i = start;
  for (; i < end - tail; i++) hash = Math.imul(hash ^ lower(bytes[i] as number), 0x0100_0193);
  for (; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x0100_0193);
  return hash;
}

function isSame(question: Uint8Array, packet: Uint8Array, start: number, end: number): boolean {
  const { length } = question;
  if (length !== end - start) return false;
  let i = 0;
  for (; i < length - tail; i++) if (question[i] !== lower(packet[start + i] as number)) return false;
  for (; i < length; i++) if (question[i] !== packet[start + i]) return false;
  return true;
}

const lowerCase = (question: Uint8Array): Uint8Array =>
  question.map((byte, i) => (i < question.length - tail ? lower(byte) : byte));

function without(entry: Entry | undefined, question: Uint8Array): Entry | undefined {
  if (!entry) return undefined;
  const next = without(entry.next, question);
  return isSame(entry.question, question, 0, question.length) ? next : { ...entry, next };
}

/** The id, RD and CD, and the spelling of the name are the asker's. */
function personalize(from: Uint8Array, at: number, end: number, into: Uint8Array, to: number): void {
  const recursion = (from[at + 2] ?? 0) & 1;
  into[to] = from[at] as number;
  into[to + 1] = from[at + 1] as number;
  into[to + 2] = ((into[to + 2] as number) & 0xfe) | recursion;
  into[to + 3] = ((into[to + 3] as number) & 0x6f) | (recursion << 7) | ((from[at + 3] as number) & 0x10);
  for (let i = headerLength; at + i < end; i++) into[to + i] = from[at + i] as number;
}

function writeOpt(from: Uint8Array, end: number, into: Uint8Array, to: number, length: number): void {
  const opt = to + length;
  into.fill(0, opt, opt + optLength);
  into[opt + 2] = recordType.OPT;
  into[opt + 3] = ownUdpSize >> 8;
  into[opt + 4] = ownUdpSize & 255;
  into[opt + 7] = (from[end + 7] as number) & 0x80;
  const additionals = (((into[to + 10] as number) << 8) | (into[to + 11] as number)) + 1;
  into[to + 10] = additionals >> 8;
  into[to + 11] = additionals & 255;
}
