/** Failures that come in numbers are told once in a while, with how many they were. */
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Pattern } from './options.ts';

/** Whether a line is among those that are told later. */
export function consolidator(
  patterns: readonly Pattern[],
  clock: Clock,
  log: Logger,
  signal: AbortSignal,
): (line: string) => boolean {
  const counts = new Map<Pattern, number>();
  return (line) => {
    const pattern = patterns.find(({ matches }) => matches.test(line));
    if (!pattern) return false;
    const before = counts.get(pattern) ?? 0;
    counts.set(pattern, before + 1);
    if (before === 0) {
      if (pattern.isFirstShown) write(pattern, line);
      void clock.sleep(pattern.everyMs, signal).then(() => tell(pattern));
    }
    return true;
  };

  function tell(pattern: Pattern): void {
    const count = counts.get(pattern) ?? 0;
    counts.delete(pattern);
    // Of one that was written at once all is said.
    if (count === 1 && pattern.isFirstShown) return;
    write(pattern, `${count} errors like '${pattern.text}' occurred in last ${pattern.everyMs / 1000}s`);
  }

  function write({ level }: Pattern, line: string): void {
    log[level === 'warning' ? 'warn' : level]({ plugin: 'errors' }, line);
  }
}
