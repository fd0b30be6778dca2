/**
 * Counters that cost an addition each: who counts holds the number itself. The registry asks for them when they are
 * read.
 */
import type { Metric, Registry } from 'prom-client';
import type { Reading } from '../../../lib/metrics/process.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Tally {
  count: number;
}

/** A family of counters, one for each set of labels. */
export function counters(registry: Registry, name: string, help: string): (labels: Labels) => Tally {
  const tallies = memo((): Tally => ({ count: 0 }));
  register(registry, name, help, 'counter', () =>
    tallies.all().map(([labels, { count }]) => ({ labels, value: count })),
  );
  return tallies.of;
}

/** Numbers that are known when they are asked for. */
export function readings(registry: Registry, all: readonly Reading[]): void {
  for (const { name, help, type, read } of all)
    register(registry, name, help, type, () => [{ labels: {}, value: read() }]);
}

export interface Distribution {
  observe(value: number): void;
  /** As {@link Distribution.observe}, of what lies in the first bucket. */
  observeLeast(): void;
}

/** A family of histograms; `buckets` are their upper bounds, in order. */
export function histograms(
  registry: Registry,
  name: string,
  help: string,
  buckets: readonly number[],
): (labels: Labels) => Distribution {
  const made = memo(() => new Histogram(buckets));
  register(registry, name, help, 'histogram', () =>
    made.all().flatMap(([labels, histogram]) => histogram.values(name, labels)),
  );
  return made.of;
}

class Histogram implements Distribution {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found < 0 ? this.#bounds.length : found;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  observeLeast(): void {
    this.#counts[0] = (this.#counts[0] ?? 0) + 1;
  }

  values(name: string, labels: Labels): Value[] {
    let count = 0;
    const buckets = this.#counts.map((own, i) => {
      count += own;
      const le = i < this.#bounds.length ? String(this.#bounds[i]) : '+Inf';
      return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}

interface Value {
  labels: Labels;
  value: number;
  metricName?: string;
}

/** What prom-client's registry asks of a metric. */
function register(
  registry: Registry,
  name: string,
  help: string,
  type: 'counter' | 'gauge' | 'histogram',
  values: () => Value[],
): void {
  const metric = {
    name,
    get: () => Promise.resolve({ name, help, type, values: values(), aggregator: 'sum' }),
  };
  registry.registerMetric(metric as unknown as Metric);
}

/** Beyond so many sets of labels no new one is made: nobody fills the memory with questions. */
const most = 10_000;

function memo<T>(make: () => T) {
  const made = new Map<string, [Labels, T]>();
  const beyond = make();
  return {
    all: () => [...made.values()],
    of: (labels: Labels): T => {
      const key = Object.values(labels).join('\0');
      const known = made.get(key);
      if (known) return known[1];
      if (made.size >= most) return beyond;
      const value = make();
      made.set(key, [labels, value]);
      return value;
    },
  };
}
