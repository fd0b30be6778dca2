/** What stands behind options: durations as Go writes them, whole numbers. */
import { CorefileError, type Line } from './tokens.ts';

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1m30s` in milliseconds; undefined when it is no duration. */
export function durationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)(us|ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}

/** `plugin: what is a duration such as 10s, not "…"` otherwise. */
export function takeDuration(what: string, text: string | undefined, line: Line): number {
  const ms = durationMs(text ?? '');
  if (ms === undefined)
    throw new CorefileError(line, `${what} is a duration such as 10s, not "${text ?? ''}"`);
  return ms;
}

export function takeNumber(
  what: string,
  text: string | undefined,
  line: Line,
  { least = 0, most = 2 ** 31 - 1 }: { least?: number; most?: number } = {},
): number {
  const n = /^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (n >= least && n <= most) return n;
  const range = most === 2 ** 31 - 1 ? `from ${least}` : `from ${least} to ${most}`;
  throw new CorefileError(line, `${what} is a number ${range}, not "${text ?? ''}"`);
}
