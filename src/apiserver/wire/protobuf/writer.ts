/** Beyond this a call into Node is the faster way. */
const shortCharacters = 64;

/**
 * Writes protobuf's wire format from the end to the beginning, so that the length of a message is known
 * when it is written before it. Fields and list items therefore come in reverse order.
 */
export class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  /** Where what is written begins. */
  #start = 1024;

  /** How many bytes are written. */
  get size(): number {
    return this.#bytes.length - this.#start;
  }

  /** What is written, as a copy of its own. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(this.#start));
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** Negative numbers as 64-bit two's complement. */
  integer(value: number): void {
    if (value >= 0) this.varint(value);
    else this.bigint(BigInt(value));
  }

  bigint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.bytes(Uint8Array.from(bytes));
  }

  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    let at = this.#reserve(size);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) | 0x80;
    this.#bytes[at] = rest;
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  /** The text and, before it, its length. */
  string(value: string): void {
    if (this.#shortAscii(value)) return;
    const size = Buffer.byteLength(value);
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size);
    this.varint(size);
  }

  /** Most texts are names and words; for those a call into Node would cost more than writing them. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    if (length > shortCharacters) return false;
    const at = this.#reserve(length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#start += length;
        return false;
      }
      bytes[at + i] = code;
    }
    this.varint(length);
    return true;
  }

  /** The bytes without a length. */
  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  #reserve(size: number): number {
    if (this.#start < size) this.#grow(size);
    this.#start -= size;
    return this.#start;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 4, this.size + size));
    const start = larger.length - this.size;
    larger.set(this.#bytes.subarray(this.#start), start);
    this.#bytes = larger;
    this.#start = start;
  }
}
