/**
 * Processes that are to be found again later: by pid and start time together, because pids are used again.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessId {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  startTime: string;
}

/** Undefined when there is no such process, or only what is left of it until its parent looks. */
export function identify(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, also spaces.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = rest[18];
    return state === 'Z' || state === 'X' || startTime === undefined ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
}

export const isAlive = ({ pid, startTime }: ProcessId): boolean => identify(pid)?.startTime === startTime;

/** Sends the signal if it is still the same process. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err;
  }
}

/** Resolves with whether the process has ended within the time. */
export async function ended(id: ProcessId, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (isAlive(id)) {
    if (Date.now() > until) return false;
    await sleep(5);
  }
  return true;
}
