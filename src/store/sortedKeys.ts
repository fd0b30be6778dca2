/**
 * Keys in order, in chunks that stay small, so that adding one among a hundred thousand moves only a few
 * hundred, and a range is copied, not searched.
 */
const chunkKeys = 512;

interface Position {
  chunk: number;
  index: number;
}

export class SortedKeys {
  #chunks: string[][] = [];

  add(key: string): void {
    const { chunk, index } = this.#locate(key);
    const keys = this.#chunks[chunk];
    if (!keys) return this.#append(key);
    if (keys[index] === key) return;
    keys.splice(index, 0, key);
    if (keys.length > chunkKeys) this.#chunks.splice(chunk + 1, 0, keys.splice(chunkKeys / 2));
  }

  delete(key: string): void {
    const { chunk, index } = this.#locate(key);
    const keys = this.#chunks[chunk];
    if (keys?.[index] !== key) return;
    keys.splice(index, 1);
    if (keys.length === 0) this.#chunks.splice(chunk, 1);
  }

  /** All keys from `from` on and before `to`, at most `limit` of them, and how many come after those. */
  range(from: string, to: string | undefined, limit = Infinity): { keys: string[]; remaining: number } {
    const keys: string[] = [];
    let remaining = 0;
    let { chunk, index } = this.#locate(from);
    const first = this.#chunks[chunk]?.[index];
    // Every pod that is made asks for limits and quotas, of which there are none most of the time.
    if (first === undefined || (to !== undefined && first >= to)) return { keys, remaining };
    const end = to === undefined ? { chunk: this.#chunks.length, index: 0 } : this.#locate(to);
    for (; chunk <= end.chunk && chunk < this.#chunks.length; chunk++, index = 0) {
      const all = this.#chunks[chunk] ?? [];
      const stop = chunk === end.chunk ? end.index : all.length;
      const take = Math.max(0, Math.min(stop - index, limit - keys.length));
      for (let i = index; i < index + take; i++) keys.push(all[i] as string);
      remaining += Math.max(0, stop - index - take);
    }
    return { keys, remaining };
  }

  /** Where the first key stands that is not before `key`. */
  #locate(key: string): Position {
    const chunk = firstIndex(this.#chunks.length, (i) => (this.#chunks[i]?.at(-1) ?? '') >= key);
    const keys = this.#chunks[chunk] ?? [];
    return { chunk, index: firstIndex(keys.length, (i) => (keys[i] ?? '') >= key) };
  }

  #append(key: string): void {
    const last = this.#chunks.at(-1);
    if (last && last.length < chunkKeys) last.push(key);
    else this.#chunks.push([key]);
  }
}

/** The first index below `length` for which `holds`; `length` when there is none. It must hold from there on. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first key that comes after every key with this prefix. */
export function afterPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
