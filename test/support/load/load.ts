/**
 * Requests at a rate that does not depend on how fast they are answered, each over a new connection, in turn by
 * each path. Their sockets are made inside the cluster's own namespaces.
 */
import { request } from './request.ts';

/** Who calls: one address of a namespace. */
export interface Source {
  netns: string;
  address: string;
}

/** One way to the same server. */
export interface Path {
  name: string;
  sources: readonly Source[];
  targets: readonly { address: string; port: number }[];
}

export interface Failure {
  /** When it was sent, and when it failed; milliseconds since 1970. */
  sentMs: number;
  failedMs: number;
  path: string;
  from: string;
  to: string;
  what: string;
}

export interface Tally {
  requests: number;
  failures: number;
  /** Of those that were answered, in the order in which they were. */
  latenciesMs: number[];
  /** How many there were of each kind, and the first of each. */
  kinds: Map<string, number>;
  failed: Failure[];
}

export interface Load {
  /** What was counted since the last call, by when each request was sent; waits for those that are under way. */
  take(): Promise<Tally>;
  /** No more requests; resolves when the last has ended. */
  stop(): Promise<void>;
}

const tickMs = 5;
const keptOfEachKind = 2;
/** Ports are taken in turn, so that none comes again while a server remembers its last connection. */
const [firstPort, lastPort] = [10_000, 60_000];

const newTally = (): Tally => ({ requests: 0, failures: 0, latenciesMs: [], kinds: new Map(), failed: [] });

export function startLoad(paths: readonly Path[], perSecond: number): Load {
  const wheels = paths.map(turns);
  const pending = new Set<Promise<void>>();
  let tally = newTally();
  let sent = 0;
  const startMs = performance.now();

  async function send(wheel: ReturnType<typeof turns>, into: Tally): Promise<void> {
    const { path, source, to, port } = wheel();
    const from = { address: source.address, port };
    const [sentMs, sinceMs] = [Date.now(), performance.now()];
    const what = await request({ netns: source.netns, from, to });
    into.requests++;
    if (what === undefined) return void into.latenciesMs.push(performance.now() - sinceMs);
    into.failures++;
    const alike = (into.kinds.get(what) ?? 0) + 1;
    into.kinds.set(what, alike);
    if (alike > keptOfEachKind) return;
    const name = (end: { address: string; port: number }) => `${end.address} port ${end.port}`;
    into.failed.push({ sentMs, failedMs: Date.now(), path, from: name(from), to: name(to), what });
  }

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) * perSecond) / 1_000);
    for (; sent < due; sent++) {
      const wheel = wheels[sent % wheels.length];
      if (!wheel) return;
      const call = send(wheel, tally).finally(() => pending.delete(call));
      pending.add(call);
    }
  }, tickMs);

  return {
    async take() {
      const taken = tally;
      tally = newTally();
      await Promise.all(pending);
      return taken;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
    },
  };
}

/** Every source in turn, and for each every target in turn. */
function turns({ name, sources, targets }: Path) {
  let n = 0;
  return () => {
    const source = sources[n % sources.length];
    const to = targets[Math.floor(n / sources.length) % targets.length];
    if (!source || !to) throw new Error(`Cannot call by ${name}: nobody is there`);
    const port = firstPort + (Math.floor(n / sources.length) % (lastPort - firstPort));
    n++;
    return { path: name, source, to, port };
  };
}

/** Of many values, the one below which this part of them is. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
