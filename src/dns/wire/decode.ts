/** Bytes → message. Whatever the bytes are, it ends: with a message or with a {@link WireError}. */
import { textOfAddress } from './address.ts';
import { WireError } from './error.ts';
import type { Edns, Message, Question, RecordData, ResourceRecord } from './message.ts';
import { readName } from './name.ts';
import { recordType } from './types.ts';

const headerLength = 12;

export function decodeMessage(bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerLength)
    throw new WireError('Cannot read a message: it is shorter than its header');
  const flags = view.getUint16(2);
  const cursor: Cursor = { bytes, view, at: headerLength };
  const questions = times(view.getUint16(4), () => readQuestion(cursor));
  const answers = times(view.getUint16(6), () => readRecord(cursor));
  const authorities = times(view.getUint16(8), () => readRecord(cursor));
  const [edns, additionals] = splitOpt(cursor, view.getUint16(10));
  return {
    id: view.getUint16(0),
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
    rcode: (flags & 15) | ((edns?.upperRcode ?? 0) << 4),
    questions,
    answers,
    authorities,
    additionals,
    ...(edns && { edns: edns.edns }),
  };
}

interface Cursor {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

/** Counts lie: each entry must be there, so a lie ends at the end of the message. */
function times<T>(count: number, read: () => T): T[] {
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(read());
  return list;
}

function take(cursor: Cursor, length: number): number {
  const { at } = cursor;
  if (at + length > cursor.bytes.length) throw new WireError('Cannot read a message: it ends too early');
  cursor.at += length;
  return at;
}

function takeName(cursor: Cursor): string {
  const { name, end } = readName(cursor.bytes, cursor.at);
  cursor.at = end;
  return name;
}

function readQuestion(cursor: Cursor): Question {
  const name = takeName(cursor);
  const at = take(cursor, 4);
  return { name, type: cursor.view.getUint16(at), class: cursor.view.getUint16(at + 2) };
}

function readRecord(cursor: Cursor): ResourceRecord {
  const name = takeName(cursor);
  const at = take(cursor, 10);
  const { view } = cursor;
  const type = view.getUint16(at);
  const length = view.getUint16(at + 8);
  const start = take(cursor, length);
  return {
    name,
    type,
    class: view.getUint16(at + 2),
    ttl: view.getUint32(at + 4),
    data: readData(cursor, type, start, length),
  };
}

function readData({ bytes, view }: Cursor, type: number, start: number, length: number): RecordData {
  const end = start + length;
  // Names inside may point out of the record, but must themselves end within it.
  const nameAt = (at: number) => {
    const read = readName(bytes, at);
    if (read.end > end) throw new WireError('Cannot read a record: its name runs past its end');
    return read;
  };
  const need = (size: number) => {
    if (length < size) throw new WireError('Cannot read a record: its data is too short');
  };
  switch (type) {
    case recordType.A:
    case recordType.AAAA:
      if (length !== (type === recordType.A ? 4 : 16))
        throw new WireError('Cannot read a record: not the length of an address');
      return { kind: 'address', address: textOfAddress(bytes.subarray(start, end)) };
    case recordType.NS:
    case recordType.CNAME:
    case recordType.PTR:
      return { kind: 'name', name: nameAt(start).name };
    case recordType.MX:
      need(3);
      return { kind: 'mx', preference: view.getUint16(start), exchange: nameAt(start + 2).name };
    case recordType.SRV:
      need(7);
      return {
        kind: 'srv',
        priority: view.getUint16(start),
        weight: view.getUint16(start + 2),
        port: view.getUint16(start + 4),
        target: nameAt(start + 6).name,
      };
    case recordType.SOA: {
      const mname = nameAt(start);
      const rname = nameAt(mname.end);
      if (rname.end + 20 > end) throw new WireError('Cannot read a record: its data is too short');
      const number = (i: number) => view.getUint32(rname.end + 4 * i);
      return {
        kind: 'soa',
        mname: mname.name,
        rname: rname.name,
        serial: number(0),
        refresh: number(1),
        retry: number(2),
        expire: number(3),
        minimum: number(4),
      };
    }
    case recordType.TXT:
      return { kind: 'text', texts: readTexts(bytes.subarray(start, end)) };
    default:
      return { kind: 'bytes', bytes: bytes.slice(start, end) };
  }
}

function readTexts(bytes: Uint8Array): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes[at] ?? 0;
    if (at + 1 + size > bytes.length) throw new WireError('Cannot read a record: a text runs past its end');
    texts.push(Buffer.from(bytes.subarray(at + 1, at + 1 + size)).toString('latin1'));
    at += 1 + size;
  }
  return texts;
}

/** RFC 6891: at most one OPT, whose class and ttl mean something else than those of records. */
function splitOpt(
  cursor: Cursor,
  count: number,
): [{ edns: Edns; upperRcode: number } | undefined, ResourceRecord[]] {
  const all = times(count, () => readRecord(cursor));
  const opts = all.filter((r) => r.type === recordType.OPT);
  if (opts.length > 1) throw new WireError('Cannot read a message: it has more than one OPT record');
  const [opt] = opts;
  if (!opt) return [undefined, all];
  const edns: Edns = {
    udpSize: opt.class,
    version: (opt.ttl >> 16) & 255,
    dnssecOk: (opt.ttl & 0x8000) !== 0,
    options: opt.data.kind === 'bytes' ? readOptions(opt.data.bytes) : [],
  };
  return [{ edns, upperRcode: opt.ttl >>> 24 }, all.filter((r) => r !== opt)];
}

function readOptions(bytes: Uint8Array): Edns['options'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const options: { code: number; data: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new WireError('Cannot read a message: an EDNS option is cut short');
    const size = view.getUint16(at + 2);
    if (at + 4 + size > bytes.length)
      throw new WireError('Cannot read a message: an EDNS option is cut short');
    options.push({ code: view.getUint16(at), data: bytes.slice(at + 4, at + 4 + size) });
    at += 4 + size;
  }
  return options;
}
