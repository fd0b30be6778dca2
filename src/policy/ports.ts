import type { Protocol } from './pods.ts';

export interface PortRange {
  protocol: Protocol;
  first: number;
  last: number;
}

/** Without overlaps, which an nft set refuses; neighbours become one. */
export function mergeRanges(ranges: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = [];
  const sorted = ranges.toSorted(
    (a, b) => a.protocol.localeCompare(b.protocol) || a.first - b.first || a.last - b.last,
  );
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before?.protocol === range.protocol && range.first <= before.last + 1)
      merged[merged.length - 1] = { ...before, last: Math.max(before.last, range.last) };
    else merged.push(range);
  }
  return merged;
}

export const isEveryPort = ({ first, last }: PortRange): boolean => first === 0 && last === 0xffff;

/** `80`, `8000-8100` */
export const portText = ({ first, last }: PortRange): string =>
  first === last ? String(first) : `${first}-${last}`;
