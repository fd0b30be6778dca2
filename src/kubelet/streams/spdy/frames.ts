/**
 * Frames on the wire. SPDY Draft 3.1, section 2.2: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */
import type { Headers, HeaderWriter } from './headers.ts';

export const types = {
  SYN_STREAM: 1,
  SYN_REPLY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  HEADERS: 8,
  WINDOW_UPDATE: 9,
} as const;

export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5 } as const;
export const goAwayStatus = { ok: 0, protocolError: 1 } as const;

export const version = 3;
export const flagFin = 1;
export const flagUnidirectional = 2;
/** Control bit, version and type, or stream id; then flags and length. */
export const headBytes = 8;

/** `SETTINGS` and unknown kinds are not told: nothing follows from them. */
export type Frame =
  | { type: 'SYN_STREAM'; streamId: number; fin: boolean; unidirectional: boolean; headers: Headers }
  | { type: 'SYN_REPLY' | 'HEADERS'; streamId: number; fin: boolean; headers: Headers }
  | { type: 'RST_STREAM'; streamId: number; status: number }
  | { type: 'PING'; id: number }
  | { type: 'GOAWAY'; lastStreamId: number }
  | { type: 'WINDOW_UPDATE'; streamId: number; deltaBytes: number }
  /** A part of a DATA frame; `fin` comes with its last one. */
  | { type: 'DATA'; streamId: number; fin: boolean; data: Buffer };

function control(type: number, flags: number, ...parts: (number | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? uint32(part) : part)));
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(0x8000 | version, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(((flags << 24) | body.length) >>> 0, 4);
  return Buffer.concat([head, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Priority and slot, which nobody uses. */
const prioritySlot = Buffer.alloc(2);

export const synStream = (streamId: number, headers: Headers, writer: HeaderWriter, flags = 0): Buffer =>
  control(types.SYN_STREAM, flags, streamId, 0, prioritySlot, writer.write(headers));

export const synReply = (streamId: number, headers: Headers, writer: HeaderWriter): Buffer =>
  control(types.SYN_REPLY, 0, streamId, writer.write(headers));

export const rstStream = (streamId: number, status: number): Buffer =>
  control(types.RST_STREAM, 0, streamId, status);

export const ping = (id: number): Buffer => control(types.PING, 0, id);

export const goAway = (lastStreamId: number, status: number): Buffer =>
  control(types.GOAWAY, 0, lastStreamId, status);

/** At most 2^24 − 1 bytes. */
export function data(streamId: number, bytes: Uint8Array, fin: boolean): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + bytes.length);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt32BE((((fin ? flagFin : 0) << 24) | bytes.length) >>> 0, 4);
  frame.set(bytes, headBytes);
  return frame;
}
