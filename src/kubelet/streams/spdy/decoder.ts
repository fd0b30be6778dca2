/** Bytes to frames. Holds back no more than one control frame, which is small; data is passed on as it comes. */
import { SpdyError } from './error.ts';
import { type Frame, flagFin, flagUnidirectional, headBytes, types, version } from './frames.ts';
import { HeaderReader } from './headers.ts';
import { ByteQueue } from './queue.ts';

const mostControlBytes = 64 * 1024;

interface ControlHead {
  type: number;
  flags: number;
  length: number;
}

interface DataHead {
  streamId: number;
  fin: boolean;
  left: number;
}

export class Decoder {
  readonly #bytes = new ByteQueue();
  readonly #headers = new HeaderReader();
  #control: ControlHead | undefined;
  #data: DataHead | undefined;

  /** Throws a {@link SpdyError} for what no peer that speaks SPDY would send. */
  *push(chunk: Buffer): Iterable<Frame> {
    this.#bytes.push(chunk);
    for (;;) {
      if (this.#data) {
        const frame = this.#piece(this.#data);
        if (!frame) return;
        yield frame;
      } else if (this.#control) {
        if (this.#bytes.length < this.#control.length) return;
        const { type, flags, length } = this.#control;
        this.#control = undefined;
        const frame = this.#controlFrame(type, flags, this.#bytes.take(length));
        if (frame) yield frame;
      } else {
        if (this.#bytes.length < headBytes) return;
        this.#head(this.#bytes.take(headBytes));
      }
    }
  }

  #head(head: Buffer): void {
    const first = head.readUInt32BE(0);
    const flags = head.readUInt8(4);
    const length = head.readUIntBE(5, 3);
    if (first < 0x8000_0000) {
      if (first === 0) throw new SpdyError('Cannot take data: stream 0 carries none');
      this.#data = { streamId: first, fin: (flags & flagFin) !== 0, left: length };
      return;
    }
    if (((first >>> 16) & 0x7fff) !== version) throw new SpdyError('Cannot read a frame: it is not SPDY/3');
    if (length > mostControlBytes) throw new SpdyError(`Cannot read a frame: ${length} bytes are too many`);
    this.#control = { type: first & 0xffff, flags, length };
  }

  #piece(head: DataHead): Frame | undefined {
    if (head.left > 0 && this.#bytes.length === 0) return undefined;
    const data = this.#bytes.takeUpTo(head.left);
    head.left -= data.length;
    const last = head.left === 0;
    if (last) this.#data = undefined;
    return { type: 'DATA', streamId: head.streamId, fin: last && head.fin, data };
  }

  #controlFrame(type: number, flags: number, body: Buffer): Frame | undefined {
    const fin = (flags & flagFin) !== 0;
    switch (type) {
      case types.SYN_STREAM:
        return {
          type: 'SYN_STREAM',
          streamId: id(body, 0),
          fin,
          unidirectional: (flags & flagUnidirectional) !== 0,
          headers: this.#headers.read(after(body, 10)),
        };
      case types.SYN_REPLY:
        return { type: 'SYN_REPLY', streamId: id(body, 0), fin, headers: this.#headers.read(after(body, 4)) };
      case types.HEADERS:
        return { type: 'HEADERS', streamId: id(body, 0), fin, headers: this.#headers.read(after(body, 4)) };
      case types.RST_STREAM:
        return { type: 'RST_STREAM', streamId: id(body, 0), status: word(body, 4) };
      case types.PING:
        return { type: 'PING', id: word(body, 0) };
      case types.GOAWAY:
        return { type: 'GOAWAY', lastStreamId: id(body, 0) };
      case types.WINDOW_UPDATE:
        return { type: 'WINDOW_UPDATE', streamId: id(body, 0), deltaBytes: id(body, 4) };
      default:
        return undefined;
    }
  }
}

function word(body: Buffer, at: number): number {
  if (body.length < at + 4) throw new SpdyError('Cannot read a frame: it is too short');
  return body.readUInt32BE(at);
}

/** 31 bits. */
const id = (body: Buffer, at: number): number => word(body, at) & 0x7fff_ffff;

function after(body: Buffer, at: number): Buffer {
  if (body.length < at) throw new SpdyError('Cannot read a frame: it is too short');
  return body.subarray(at);
}
