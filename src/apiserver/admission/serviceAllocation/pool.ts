/**
 * Numbers from 0 up to a size, of which some are taken. The lower ones are for those who ask for one by
 * number; the others are given out at random, so that both seldom meet: KEP-3070 (cluster IPs), KEP-3668
 * (node ports).
 */
export interface Pool {
  readonly size: number;
  /** How many are taken. */
  readonly taken: number;
  /** False when it is taken already, or there is no such number. */
  take(n: number): boolean;
  /** Any that is free, from the upper band while there are some; `undefined` when all are taken. */
  takeAny(): number | undefined;
  /** Nothing happens to a number that is free. */
  release(n: number): void;
}

export interface PoolOptions {
  size: number;
  /** How many of the lowest numbers are given out only when no other is left. */
  reserved: number;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

export function createPool({ size, reserved, random }: PoolOptions): Pool {
  const taken = new Set<number>();
  let takenReserved = 0;

  const take = (n: number): boolean => {
    if (!Number.isInteger(n) || n < 0 || n >= size || taken.has(n)) return false;
    taken.add(n);
    if (n < reserved) takenReserved++;
    return true;
  };

  /** From a random start upwards and around: some number is free. */
  const findFree = (from: number, to: number): number => {
    let n = from + Math.floor(random() * (to - from));
    while (taken.has(n)) n = n + 1 < to ? n + 1 : from;
    return n;
  };

  return {
    size,
    get taken() {
      return taken.size;
    },
    take,
    takeAny() {
      const upperIsFull = taken.size - takenReserved === size - reserved;
      if (upperIsFull && takenReserved === reserved) return undefined;
      const n = upperIsFull ? findFree(0, reserved) : findFree(reserved, size);
      take(n);
      return n;
    },
    release(n) {
      if (taken.delete(n) && n < reserved) takenReserved--;
    },
  };
}

/** A part of the size, within bounds; nothing of a pool too small to be divided. */
export function reservedBand(size: number, { part, most }: { part: number; most: number }): number {
  const least = 16;
  return size <= least ? 0 : Math.min(Math.max(least, Math.floor(size / part)), most);
}
