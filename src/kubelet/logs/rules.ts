/** Which files of a container's log there are, and which go. */
import { basename } from 'node:path';

/** The kubelet's own defaults. https://kubernetes.io/docs/concepts/cluster-administration/logging/#log-rotation */
export const defaultLimits = { maxBytes: 10 << 20, maxFiles: 5 } as const;

export interface LogLimits {
  maxBytes: number;
  /** With the one that is written. */
  maxFiles: number;
}

/** `0.log` becomes `0.log.20260102-150405`. */
export const rotatedName = (log: string, nowMs: number): string =>
  `${log}.${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;

const rotated = /^\.\d{8}-\d{6}(\.gz)?$/;

/** Those that were set aside, the oldest first. */
export function rotatedLogs(names: readonly string[], logPath: string): string[] {
  const own = basename(logPath);
  return names.filter((name) => name.startsWith(own) && rotated.test(name.slice(own.length))).toSorted();
}

/** Before one more is set aside: the oldest go, all others are packed. */
export function tidied(
  aside: readonly string[],
  { maxFiles }: LogLimits,
): { remove: string[]; pack: string[] } {
  // Beside the one that is written and the one that is set aside now.
  const keep = Math.max(0, maxFiles - 2);
  const remove = aside.slice(0, Math.max(0, aside.length - keep));
  return { remove, pack: aside.filter((name) => !remove.includes(name) && !name.endsWith('.gz')) };
}
