/** Bytes that came and are not read yet. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Exactly so many bytes, which must be there. */
  take(bytes: number): Buffer {
    const [first] = this.#chunks;
    const all = first && first.length >= bytes ? first : Buffer.concat(this.#chunks);
    const rest = all.subarray(bytes);
    if (all === first) this.#chunks.shift();
    else this.#chunks = [];
    if (rest.length > 0) this.#chunks.unshift(rest);
    this.#length -= bytes;
    return all.subarray(0, bytes);
  }

  /** What is there in one piece, but no more than so many bytes. */
  takeUpTo(bytes: number): Buffer {
    return this.take(Math.min(bytes, this.#chunks[0]?.length ?? 0));
  }
}
