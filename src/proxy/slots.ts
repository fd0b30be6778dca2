/** Which endpoint stands in which slot: so that as few elements as possible change, and clients that remember a slot stay. */
import type { Target } from './endpoints.ts';
import { mostEndpoints } from './table.ts';

/** The slot text of a target: `10.244.0.5 . 8080`. */
export const slotOf = ({ address, port }: Pick<Target, 'address' | 'port'>): string => `${address} . ${port}`;

/** Endpoints by slot; undefined where one left a place that has to stay. */
export type Places = readonly (string | undefined)[];

/**
 * Every endpoint that stays keeps its place, and new ones go into free places. Then the last endpoints move into
 * what is still free, except with `isSticky`: clients remember their places, so nobody moves.
 */
export function assignPlaces(before: Places, targets: readonly Target[], isSticky: boolean): Places {
  const wanted = new Set(targets.slice(0, mostEndpoints).map(slotOf));
  if (wanted.size === 0) return [];
  const places = before.map((slot) => (slot !== undefined && wanted.delete(slot) ? slot : undefined));
  const waiting = [...wanted];
  for (let n = 0; n < places.length; n++) places[n] ??= waiting.shift();
  places.push(...waiting);
  return isSticky ? places : closeGaps(places);
}

function closeGaps(places: Places): Places {
  const count = places.filter((slot) => slot !== undefined).length;
  const movers = places.slice(count).filter((slot) => slot !== undefined);
  return places.slice(0, count).map((slot) => slot ?? movers.shift());
}

/** What stands in each slot: in the place of one that left, one of the others a second time. */
export function slotsIn(places: Places): string[] {
  const present = places.filter((slot) => slot !== undefined);
  return places.flatMap((slot, n) => slot ?? present[n % present.length] ?? []);
}
