/** Chunks of a file to whole lines. */
const newline = 0x0a;
/** A runtime breaks lines long before; what is longer is no log and is left out. */
const longestBytes = 1 << 20;

export class Lines {
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #tooLong = false;

  /** The lines that this chunk ends, without their newlines. */
  *push(chunk: Buffer): Iterable<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = this.#whole(chunk.subarray(start, end));
      start = end + 1;
      if (line) yield line;
    }
    this.#begin(chunk.subarray(start));
  }

  #whole(rest: Buffer): Buffer | undefined {
    const line = this.#begunBytes === 0 ? rest : Buffer.concat([...this.#begun, rest]);
    const whole = !this.#tooLong;
    this.#begun = [];
    this.#begunBytes = 0;
    this.#tooLong = false;
    return whole ? line : undefined;
  }

  #begin(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#tooLong ||= this.#begunBytes + piece.length > longestBytes;
    if (this.#tooLong) this.#begun = [];
    else this.#begun.push(piece);
    this.#begunBytes = this.#tooLong ? 1 : this.#begunBytes + piece.length;
  }
}
