/** Metrics that cost an addition each and no library: a component that keeps a few is no larger for it. */
import type { Family, Sample } from './exposition.ts';

export type Labels = Readonly<Record<string, string>>;

/** One number for each set of labels: a counter, or a gauge. */
export class Values {
  readonly #head: Pick<Family, 'name' | 'help' | 'type'>;
  readonly #values = new Map<string, { labels: Labels; value: number }>();

  constructor(type: 'counter' | 'gauge', name: string, help: string) {
    this.#head = { name, help, type };
  }

  add(value: number, labels: Labels = {}): void {
    this.#at(labels).value += value;
  }

  set(value: number, labels: Labels = {}): void {
    this.#at(labels).value = value;
  }

  family(): Family {
    return { ...this.#head, samples: [...this.#values.values()] };
  }

  #at(labels: Labels): { value: number } {
    const key = Object.values(labels).join('\0');
    let found = this.#values.get(key);
    if (!found) this.#values.set(key, (found = { labels, value: 0 }));
    return found;
  }
}

/** One histogram for each set of labels. */
export class Histograms {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #all = new Map<string, { labels: Labels; counts: number[]; sum: number }>();

  /** `bounds` are the upper bounds of the buckets, in order; what is greater is counted too. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const at = found < 0 ? this.#bounds.length : found;
    const key = Object.values(labels).join('\0');
    let one = this.#all.get(key);
    if (!one) this.#all.set(key, (one = { labels, counts: this.#empty(), sum: 0 }));
    one.counts[at] = (one.counts[at] ?? 0) + 1;
    one.sum += value;
  }

  family(): Family {
    const samples = [...this.#all.values()].flatMap(({ labels, counts, sum }): Sample[] => {
      let count = 0;
      const buckets = counts.map((own, i): Sample => {
        count += own;
        return { part: 'bucket', labels: { ...labels, le: String(this.#bounds[i] ?? '+Inf') }, value: count };
      });
      return [...buckets, { part: 'sum', labels, value: sum }, { part: 'count', labels, value: count }];
    });
    return { name: this.#name, help: this.#help, type: 'histogram', samples };
  }

  #empty(): number[] {
    return Array.from({ length: this.#bounds.length + 1 }, () => 0);
  }
}

/** `count` bounds, each `factor` times the one before. */
export const exponentialBounds = (first: number, factor: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((first * factor ** i).toPrecision(12)));

/** `count` bounds, each `step` more than the one before. */
export const linearBounds = (first: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + step * i);
