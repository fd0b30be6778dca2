/** A number, or a percentage of `total`. */
export function portionOf(value: unknown, total: number, round: (x: number) => number): number {
  if (typeof value === 'string' && value.endsWith('%'))
    return round((Number.parseInt(value, 10) * total) / 100);
  return Number(value) || 0;
}
