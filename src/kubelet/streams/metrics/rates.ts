/**
 * How much of the cpu is used takes two looks at its counters. Nobody looks while nobody asks: the look of
 * the last question is the first one of the next, and where that is too long ago, or was never, the
 * answer waits for a short moment.
 */
import type { Clock } from '../../../lib/clock.ts';
import type { Counted, Measured, Measurement } from './measure.ts';

/** Counted over less, a rate says little. */
export const shortestMs = 500;
/** Counted over more, it is not that of now. */
export const longestMs = 60_000;
/** A look that is older than this gives way to a newer one. */
const renewMs = 15_000;

export interface Rate {
  nanoCores: number;
  windowSeconds: number;
}

interface Look {
  atMs: number;
  /** By container, and `` for the node. */
  counters: ReadonlyMap<string, Counted>;
}

export interface Rated {
  measured: Measurement;
  node?: Rate;
  /** By the ids of containers. */
  containers: ReadonlyMap<string, Rate>;
}

export function meter(look: () => Promise<Measurement>, clock: Clock): () => Promise<Rated> {
  let before: Look | undefined;
  let asking: Promise<Rated> | undefined;

  async function rated(): Promise<Rated> {
    if (!before || clock.now() - before.atMs > longestMs) before = lookOf(await look(), clock.now());
    const youngMs = shortestMs - (clock.now() - before.atMs);
    if (youngMs > 0) await clock.sleep(youngMs);
    const measured = await look();
    const rates = ratesOf(measured, before);
    if (clock.now() - before.atMs > renewMs) before = lookOf(measured, clock.now());
    return rates;
  }

  // Who asks in the meantime gets the same answer.
  return () => {
    asking ??= rated().finally(() => (asking = undefined));
    return asking;
  };
}

const containersOf = ({ pods }: Measurement): Measured[] => pods.flatMap(({ containers }) => containers);

const lookOf = (measured: Measurement, atMs: number): Look => ({
  atMs,
  counters: new Map([
    ...(measured.node ? [['', measured.node] as const] : []),
    ...containersOf(measured).map((one) => [one.record.id, one] as const),
  ]),
});

/** One that began after the look has used nothing before it began. */
function ratesOf(measured: Measurement, { counters }: Look): Rated {
  const ofNode = measured.node && rateOf(measured.node, counters.get(''));
  const containers = new Map<string, Rate>();
  for (const one of containersOf(measured)) {
    const { id, startedAtMs = one.record.createdAtMs } = one.record;
    const rate = rateOf(one, counters.get(id) ?? { atMs: startedAtMs, cpuNanoseconds: 0 });
    if (rate) containers.set(id, rate);
  }
  return { measured, ...(ofNode && { node: ofNode }), containers };
}

function rateOf(now: Counted, before?: Pick<Counted, 'atMs' | 'cpuNanoseconds'>): Rate | undefined {
  const ms = now.atMs - (before?.atMs ?? now.atMs);
  if (!before || ms <= 0) return undefined;
  const used = Math.max(0, now.cpuNanoseconds - before.cpuNanoseconds);
  return { nanoCores: Math.round((used / ms) * 1000), windowSeconds: ms / 1000 };
}
