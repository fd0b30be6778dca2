/** Which endpoint stands in which slot, so that as few elements as possible change; and by which number clients remember it. */
import type { Target } from './endpoints.ts';
import { mostEndpoints } from './table.ts';

/** The slot text of a target: `10.244.0.5 . 8080`. */
export const slotOf = ({ address, port }: Pick<Target, 'address' | 'port'>): string => `${address} . ${port}`;

/**
 * Every endpoint that stays keeps its slot, and new ones go into free slots. Then the last endpoints move into
 * what is still free.
 */
export function assignSlots(before: readonly string[], targets: readonly Target[]): string[] {
  const wanted = new Set(targets.slice(0, mostEndpoints).map(slotOf));
  const slots = before.map((slot) => (wanted.delete(slot) ? slot : undefined));
  const waiting = [...wanted];
  for (let n = 0; n < slots.length; n++) slots[n] ??= waiting.shift();
  slots.push(...waiting);
  const count = slots.filter((slot) => slot !== undefined).length;
  const movers = slots.slice(count).filter((slot) => slot !== undefined);
  return slots.slice(0, count).flatMap((slot) => slot ?? movers.shift() ?? []);
}

/** By what text stands in a slot. */
export type Numbers = ReadonlyMap<string, number>;

/**
 * Clients with session affinity remember an endpoint by a number that stays, wherever its slot moves, and that
 * is nobody else's for long after it has gone.
 */
export class Numbering {
  #next = 0;

  /** Numbers below have been given out before. */
  startAt(next: number): void {
    this.#next = next % mostEndpoints;
  }

  assign(before: Numbers, slots: readonly string[]): Numbers {
    const used = new Set(slots.flatMap((slot) => before.get(slot) ?? []));
    const free = () => {
      while (used.has(this.#next)) this.#next = (this.#next + 1) % mostEndpoints;
      used.add(this.#next);
      return this.#next;
    };
    return new Map(slots.map((slot) => [slot, before.get(slot) ?? free()]));
  }
}
