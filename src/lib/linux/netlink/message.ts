/**
 * Netlink messages as bytes: a header, a fixed part that depends on the type, then attributes.
 * https://docs.kernel.org/userspace-api/netlink/intro.html. Numbers are in the host's order (little-endian
 * on everything that we run on), unless a protocol says network order.
 */

export interface Request {
  type: number;
  /** `NLM_F_…` besides `NLM_F_REQUEST`. */
  flags: number;
  /** The fixed part: `ifinfomsg`, `rtmsg`, … */
  fixed: Uint8Array;
  attributes: readonly Attribute[];
  /** For messages of failures: `add address 10.0.0.1/32`. */
  what: string;
}

/** A list of attributes as value is a nested attribute. */
export type Attribute = readonly [type: number, value: Uint8Array | readonly Attribute[]];

export const flag = {
  REQUEST: 0x1,
  ACK: 0x4,
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
} as const;

export const messageType = { ERROR: 2, DONE: 3 } as const;

const NESTED = 0x8000;
const headerLength = 16;

export const u8 = (value: number): Buffer => Buffer.from([value]);

export function u16be(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** A text with its closing zero. */
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);

/** `0a:58:0a:f4:00:05` */
export const mac = (value: string): Buffer => Buffer.from(value.replaceAll(':', ''), 'hex');

const aligned = (length: number): number => (length + 3) & ~3;

export function encodeAttributes(attributes: readonly Attribute[]): Buffer {
  return Buffer.concat(
    attributes.flatMap(([type, value]) => {
      const nested = !(value instanceof Uint8Array);
      const body = nested ? encodeAttributes(value) : value;
      const header = Buffer.alloc(4);
      header.writeUInt16LE(body.length + 4, 0);
      header.writeUInt16LE(nested ? type | NESTED : type, 2);
      return [header, body, Buffer.alloc(aligned(body.length) - body.length)];
    }),
  );
}

export function encodeRequest(request: Request, sequence: number): Buffer {
  const attributes = encodeAttributes(request.attributes);
  const fixedLength = aligned(request.fixed.length);
  const bytes = Buffer.alloc(headerLength + fixedLength + attributes.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(request.type, 4);
  bytes.writeUInt16LE(request.flags | flag.REQUEST, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.set(request.fixed, headerLength);
  bytes.set(attributes, headerLength + fixedLength);
  return bytes;
}

export interface Message {
  type: number;
  flags: number;
  sequence: number;
  body: Buffer;
}

/** The messages of one datagram. */
export function decodeMessages(datagram: Buffer): Message[] {
  const messages: Message[] = [];
  let at = 0;
  while (at + headerLength <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < headerLength || at + length > datagram.length)
      throw new Error(`Cannot read a netlink message: it says ${length} bytes of ${datagram.length - at}`);
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      body: datagram.subarray(at + headerLength, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** Attributes by type; of a type that comes twice the last counts. */
export function decodeAttributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length)
      throw new Error(`Cannot read a netlink attribute: it says ${length} bytes of ${bytes.length - at}`);
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += aligned(length);
  }
  return found;
}

/** A text attribute without its closing zero. */
export const textOf = (bytes: Buffer | undefined): string =>
  bytes?.toString('utf8').replace(/\0.*$/s, '') ?? '';
