/**
 * A container without a readiness probe is ready as soon as it runs. But a server needs a moment until it listens, and
 * who is sent to it in that moment is refused. So one that serves TCP ports, as it says itself (`ports`), its image
 * (EXPOSE) or a Service, is held back until something listens on each of them: for at most a second, or for as long as
 * it is still at work, up to ten.
 */
import { readdirSync } from 'node:fs';
import type { Container, Pod, Service } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { readIfThere } from '../../lib/files.ts';

const longestIdleHoldMs = 1_000;
const longestHoldMs = 10_000;
const firstWaitMs = 2;
const longestWaitMs = 250;
/** Who is busy for less than this part of the time waits for something itself. */
const leastBusy = 0.2;

/** The TCP ports that a container says it serves; `exposed` is its image's: `80/tcp`. */
export function servedPorts({ ports = [] }: Container, exposed: readonly string[] = []): number[] {
  const declared = ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map((p) => p.containerPort);
  const ofImage = exposed.flatMap((text) => {
    const [, port] = /^(\d+)(?:\/tcp)?$/.exec(text) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  return [...new Set([...declared, ...ofImage])];
}

/** The TCP ports to which Services send clients of a pod, but for those that one of its containers names. */
export function calledPorts({ metadata, spec }: Pod, services: Iterable<Service>): number[] {
  const labels = metadata.labels ?? {};
  const named = new Set(spec?.containers.flatMap((c) => c.ports ?? []).map((port) => port.containerPort));
  const called = [...services].flatMap(({ spec: { selector = {}, ports = [] } = {} }) => {
    const wanted = Object.entries(selector);
    if (wanted.length === 0 || !wanted.every(([key, value]) => labels[key] === value)) return [];
    return ports
      .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
      .map(({ port, targetPort = port }) => Number(targetPort));
  });
  // A name is the name of a port that a container has.
  return [...new Set(called)].filter((port) => port > 0 && !named.has(port));
}

export interface Served {
  ports: readonly number[];
  /** What is listened on now. */
  listening: () => ReadonlySet<number>;
  /** For how long it has run or waited for a processor until now; undefined where nobody counts. */
  busyMs: () => number | undefined;
}

/** Whether there is anything to wait for; times are milliseconds since 1970. */
export const isHeld = ({ ports, listening }: Served, startedAtMs: number, nowMs: number): boolean => {
  if (ports.length === 0 || nowMs >= startedAtMs + longestHoldMs) return false;
  const open = listening();
  return !ports.every((port) => open.has(port));
};

export async function untilListening(
  served: Served,
  startedAtMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const idleUntilMs = startedAtMs + longestIdleHoldMs;
  let waitMs = firstWaitMs;
  let [fromMs, busyMs] = [clock.now(), served.busyMs()];
  while (!signal.aborted && isHeld(served, startedAtMs, clock.now())) {
    const leftMs = idleUntilMs - clock.now();
    await clock.sleep(leftMs > 0 ? Math.min(waitMs, leftMs) : longestWaitMs, signal);
    waitMs *= 2;
    if (clock.now() < idleUntilMs) continue;
    const [beforeMs, busyBeforeMs] = [fromMs, busyMs ?? 0];
    [fromMs, busyMs] = [clock.now(), served.busyMs()];
    if (((busyMs ?? 0) - busyBeforeMs) / (fromMs - beforeMs) < leastBusy) return;
  }
}

/** Of all threads of a process. https://docs.kernel.org/scheduler/sched-stats.html */
export function busyMsOf(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readIfThere(`/proc/${pid}/task/${thread}/schedstat`).split(' '),
    );
    return threads.reduce((sum, [ran, waited]) => sum + Number(ran) + Number(waited), 0) / 1e6 || undefined;
  } catch {
    return undefined;
  }
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
