/** Shows what is being done, one line a step, with how long each took. */
import type { Progress } from '../cluster/progress.ts';

export interface Shown {
  step: Progress;
  /** The last step is over. */
  done(): void;
}

export function showProgress(
  out: NodeJS.WriteStream = process.stderr,
  now: () => number = performance.now.bind(performance),
): Shown {
  let current: { what: string; sinceMs: number } | undefined;
  const line = (mark: string, what: string, tookMs?: number) =>
    `${mark} ${what}${tookMs === undefined ? '' : ` (${duration(tookMs)})`}`;
  function done(): void {
    if (!current) return;
    const text = line('✓', current.what, now() - current.sinceMs);
    out.write(out.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
    current = undefined;
  }
  return {
    step(what) {
      if (current?.what === what) return;
      done();
      current = { what, sinceMs: now() };
      if (out.isTTY) out.write(line('…', what));
    },
    done,
  };
}

export const duration = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
