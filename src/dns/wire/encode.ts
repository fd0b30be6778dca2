/** Message → bytes, with names compressed, cut to what the other side takes. */
import { bytesOfAddress } from './address.ts';
import type { Message, Question, RecordData, ResourceRecord } from './message.ts';
import { longestLabel } from './name.ts';
import { recordType } from './types.ts';

/** Over TCP a message has no other limit. */
export const largestMessage = 65_535;

/**
 * At most `limit` bytes: records that do not fit are left out, from the back, and TC says so (RFC 2181
 * section 9: additional records are left out silently).
 */
export function encodeMessage(message: Message, limit: number = largestMessage): Buffer {
  const writer = new Writer();
  writer.bytes(header(message));
  for (const question of message.questions) writer.question(question);
  const room = limit - (message.edns ? optLength(message) : 0);
  const answers = writer.records(message.answers, room);
  const authorities = answers === message.answers.length ? writer.records(message.authorities, room) : 0;
  const complete = answers === message.answers.length && authorities === message.authorities.length;
  const additionals = complete ? writer.records(message.additionals, room) : 0;
  if (message.edns) writer.bytes(opt(message));
  const out = writer.done();
  if (!complete) out[2] = (out[2] ?? 0) | 0x02;
  out.writeUInt16BE(answers, 6);
  out.writeUInt16BE(authorities, 8);
  out.writeUInt16BE(additionals + (message.edns ? 1 : 0), 10);
  return out;
}

function header(m: Message): Buffer {
  const out = Buffer.alloc(12);
  const bit = (set: boolean, mask: number) => (set ? mask : 0);
  const flags =
    bit(m.response, 0x8000) |
    ((m.opcode & 15) << 11) |
    bit(m.authoritative, 0x0400) |
    bit(m.truncated, 0x0200) |
    bit(m.recursionDesired, 0x0100) |
    bit(m.recursionAvailable, 0x0080) |
    bit(m.authenticData, 0x0020) |
    bit(m.checkingDisabled, 0x0010) |
    (m.rcode & 15);
  out.writeUInt16BE(m.id, 0);
  out.writeUInt16BE(flags, 2);
  out.writeUInt16BE(m.questions.length, 4);
  return out;
}

const optLength = ({ edns }: Message): number =>
  11 + (edns?.options ?? []).reduce((sum, { data }) => sum + 4 + data.length, 0);

function opt(message: Message): Buffer {
  const { edns } = message;
  const out = Buffer.alloc(optLength(message));
  out.writeUInt16BE(recordType.OPT, 1);
  out.writeUInt16BE(edns?.udpSize ?? 512, 3);
  out.writeUInt8((message.rcode >> 4) & 255, 5);
  out.writeUInt8(edns?.version ?? 0, 6);
  out.writeUInt16BE(edns?.dnssecOk ? 0x8000 : 0, 7);
  out.writeUInt16BE(out.length - 11, 9);
  let at = 11;
  for (const { code, data } of edns?.options ?? []) {
    out.writeUInt16BE(code, at);
    out.writeUInt16BE(data.length, at + 2);
    out.set(data, at + 4);
    at += 4 + data.length;
  }
  return out;
}

/** Pointers reach only so far (RFC 1035 section 4.1.4). */
const farthestPointer = 0x3fff;
const dot = 0x2e;
const backslash = 0x5c;

/** Messages are written one after the other: most of them in the same place, and copied out when they are done. */
const scratch = Buffer.allocUnsafeSlow(4096);

class Writer {
  #buffer = scratch;
  #at = 0;
  /** Where each suffix of the names so far stands. */
  readonly #suffixes = new Map<string, number>();

  done(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#at));
  }

  bytes(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  question({ name, type, class: cls }: Question): void {
    this.#name(name, true);
    this.#uint16(type);
    this.#uint16(cls);
  }

  /** How many of the records fit. */
  records(records: readonly ResourceRecord[], limit: number): number {
    for (const [i, record] of records.entries()) {
      const before = this.#at;
      this.#record(record);
      if (this.#at <= limit) continue;
      this.#at = before;
      // What was remembered of the record that does not fit points nowhere now.
      for (const [suffix, at] of this.#suffixes) if (at >= before) this.#suffixes.delete(suffix);
      return i;
    }
    return records.length;
  }

  #record({ name, type, class: cls, ttl, data }: ResourceRecord): void {
    this.#name(name, true);
    this.#uint16(type);
    this.#uint16(cls);
    this.#uint32(ttl);
    const lengthAt = this.#at;
    this.#uint16(0);
    this.#data(data);
    this.#buffer.writeUInt16BE(this.#at - lengthAt - 2, lengthAt);
  }

  #data(data: RecordData): void {
    switch (data.kind) {
      case 'address':
        return this.bytes(bytesOfAddress(data.address));
      case 'name':
        return this.#name(data.name, true);
      case 'srv':
        this.#uint16(data.priority);
        this.#uint16(data.weight);
        this.#uint16(data.port);
        // RFC 2782: the target is not compressed.
        return this.#name(data.target, false);
      case 'mx':
        this.#uint16(data.preference);
        return this.#name(data.exchange, true);
      case 'soa':
        this.#name(data.mname, true);
        this.#name(data.rname, true);
        for (const n of [data.serial, data.refresh, data.retry, data.expire, data.minimum]) this.#uint32(n);
        return;
      case 'text':
        for (const text of data.texts) {
          const bytes = Buffer.from(text, 'latin1').subarray(0, 255);
          this.bytes(Uint8Array.of(bytes.length));
          this.bytes(bytes);
        }
        return;
      case 'bytes':
        return this.bytes(data.bytes);
    }
  }

  #name(name: string, compress: boolean): void {
    let at = name === '.' ? 1 : 0;
    while (at < name.length) {
      const suffix = at === 0 ? name : name.slice(at);
      const known = compress ? this.#suffixes.get(suffix) : undefined;
      if (known !== undefined) return this.#uint16(0xc000 | known);
      if (this.#at <= farthestPointer && !this.#suffixes.has(suffix)) this.#suffixes.set(suffix, this.#at);
      at = this.#label(name, at);
    }
    this.#grow(1);
    this.#buffer[this.#at++] = 0;
  }

  /** The label that begins at a position of the text; returns where the next one begins. */
  #label(name: string, start: number): number {
    this.#grow(1 + name.length - start);
    const lengthAt = this.#at++;
    let i = start;
    for (; i < name.length; i++) {
      let character = name.charCodeAt(i);
      if (character === dot) break;
      if (character === backslash) {
        const decimal = name.slice(i + 1, i + 4);
        if (/^\d{3}$/.test(decimal)) {
          character = Number(decimal);
          i += 3;
        } else character = name.charCodeAt(++i);
      }
      this.#buffer[this.#at++] = character;
    }
    const length = this.#at - lengthAt - 1;
    if (length === 0 || length > longestLabel)
      throw new Error(`Cannot write the name ${name}: one of its labels has ${length} bytes`);
    this.#buffer[lengthAt] = length;
    return i + 1;
  }

  #uint16(n: number): void {
    this.#grow(2);
    this.#at = this.#buffer.writeUInt16BE(n, this.#at);
  }

  #uint32(n: number): void {
    this.#grow(4);
    this.#at = this.#buffer.writeUInt32BE(n >>> 0, this.#at);
  }

  #grow(more: number): void {
    if (this.#at + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + more));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}
