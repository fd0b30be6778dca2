/** Reads protobuf's wire format, and never past the end of the message that it stands in. */
import { badRequest, type StatusError } from '../../../api/errors.ts';

/** https://protobuf.dev/programming-guides/encoding/#structure */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

export const malformed = (why: string): StatusError => badRequest(`Cannot read the protobuf body: ${why}`);

export class Reader {
  pos = 0;
  /** Where the message ends that is being read. */
  end: number;
  readonly #bytes: Buffer;
  /** The halves of the varint that was read last. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  /** `number << 3 | wireType` */
  tag(): number {
    this.#varint();
    const tag = this.#low >>> 0;
    if (this.#high !== 0 || tag < 8) throw malformed(`${tag} is no field`);
    return tag;
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  int64(): number {
    this.#varint();
    const value = (this.#high | 0) * 2 ** 32 + (this.#low >>> 0);
    if (!Number.isSafeInteger(value)) throw malformed(`the integer ${this.bigint()} is out of JSON's range`);
    return value;
  }

  /** The varint that was read last, as 64-bit two's complement. */
  bigint(): bigint {
    return (BigInt(this.#high | 0) << 32n) | BigInt(this.#low >>> 0);
  }

  readBigint(): bigint {
    this.#varint();
    return this.bigint();
  }

  double(): number {
    this.#need(8);
    const value = this.#bytes.readDoubleLE(this.pos);
    this.pos += 8;
    return value;
  }

  string(): string {
    const start = this.#delimited();
    return this.#bytes.toString('utf8', start, this.pos);
  }

  base64(): string {
    const start = this.#delimited();
    return this.#bytes.toString('base64', start, this.pos);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.pos);
  }

  /** Narrows the reader to the message that begins here; give the answer to {@link leave} at its end. */
  enter(): number {
    const outer = this.end;
    const start = this.#delimited();
    this.end = this.pos;
    this.pos = start;
    return outer;
  }

  leave(outer: number): void {
    this.end = outer;
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.#varint();
    else if (wireType === BYTES) this.#delimited();
    else if (wireType === FIXED64 || wireType === FIXED32) {
      const size = wireType === FIXED64 ? 8 : 4;
      this.#need(size);
      this.pos += size;
    } else throw malformed(`wire type ${wireType} is not known`);
  }

  /** Moves behind the length and the content; the answer is where the content starts. */
  #delimited(): number {
    this.#varint();
    const length = this.#low >>> 0;
    if (this.#high !== 0 || length > this.end - this.pos)
      throw malformed(`a length goes past the end of its message at byte ${this.pos}`);
    const start = this.pos;
    this.pos += length;
    return start;
  }

  #need(size: number): void {
    if (this.end - this.pos < size) throw malformed(`it ends in the middle of a field at byte ${this.pos}`);
  }

  #varint(): void {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= this.end) throw malformed(`it ends in the middle of a field at byte ${this.pos}`);
      const byte = bytes[this.pos++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw malformed(`an integer is longer than ten bytes at byte ${this.pos}`);
  }
}
