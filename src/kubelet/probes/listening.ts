/**
 * A container without a readiness probe is ready as soon as it runs. But a server needs a moment until it listens, and
 * who is sent to it in that moment is refused. So one that says which TCP ports it serves (`ports`, or EXPOSE in
 * its image) is held back until something listens on each of them, for at most a second.
 */
import type { Container } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { readIfThere } from '../../lib/files.ts';

export const longestHoldMs = 1_000;
const firstWaitMs = 2;

/** The TCP ports that a container says it serves; `exposed` is its image's: `80/tcp`. */
export function servedPorts({ ports = [] }: Container, exposed: readonly string[] = []): number[] {
  const declared = ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map((p) => p.containerPort);
  const ofImage = exposed.flatMap((text) => {
    const [, port] = /^(\d+)(?:\/tcp)?$/.exec(text) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  return [...new Set([...declared, ...ofImage])];
}

export interface Hold {
  ports: readonly number[];
  /** What is listened on now. */
  listening: () => ReadonlySet<number>;
  /** When to wait no longer, milliseconds since 1970. */
  untilMs: number;
}

/** Whether there is anything left to wait for. */
export const isHeld = ({ ports, listening, untilMs }: Hold, nowMs: number): boolean => {
  if (ports.length === 0 || nowMs >= untilMs) return false;
  const open = listening();
  return !ports.every((port) => open.has(port));
};

export async function untilListening(hold: Hold, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted && isHeld(hold, clock.now()); waitMs *= 2)
    await clock.sleep(Math.min(waitMs, hold.untilMs - clock.now()), signal);
}

/** Of the network that a process is in, read without going there. */
export function listeningPorts(pid: number): ReadonlySet<number> {
  return new Set(['tcp', 'tcp6'].flatMap((table) => listeners(readIfThere(`/proc/${pid}/net/${table}`))));
}

const listen = '0A';

/** `  0: 00000000:1F90 00000000:0000 0A …` https://docs.kernel.org/networking/proc_net_tcp.html */
export function listeners(table: string): number[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === listen ? [Number.parseInt(local.slice(local.indexOf(':') + 1), 16)] : [];
  });
}
