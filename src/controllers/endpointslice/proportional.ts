/**
 * Which zone each endpoint is for, so that every zone has enough of them: at first its own zone, then those
 * with too many give to those with too few (KEP-2433).
 */
import type { Endpoint } from '../../api/types.ts';
import { type Allocation, allocationsOf, type Shares, why } from './topology.ts';

/** The zone for each of these endpoints, in their order; or why there is none. All of them are ready. */
export function zonesFor(
  endpoints: readonly Endpoint[],
  shares: Shares | string,
  zoneBefore: (endpoint: Endpoint) => string | undefined,
): string[] | string {
  if (typeof shares === 'string') return shares;
  const allocations = allocationsOf(shares, endpoints.length);
  if (typeof allocations === 'string') return allocations;
  const own = endpoints.map(({ zone }) => zone);
  if (!areKnown(own)) return why.noZone;
  // Zones that still do are kept: whoever has a hint is written anew when it changes.
  const kept = endpoints.map((endpoint, i) => zoneBefore(endpoint) ?? (own[i] as string));
  return suffices(kept, allocations) ? kept : redistributed(own, allocations);
}

const areKnown = (zones: readonly (string | undefined)[]): zones is string[] => zones.every(Boolean);

function counted(zones: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const zone of zones) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}

function suffices(zones: readonly string[], allocations: ReadonlyMap<string, Allocation>): boolean {
  const counts = counted(zones);
  return [...allocations].every(([zone, { minimum, maximum }]) => {
    const count = counts.get(zone) ?? 0;
    return count >= minimum && count <= maximum;
  });
}

function redistributed(zones: readonly string[], allocations: ReadonlyMap<string, Allocation>): string[] {
  const { giving, receiving } = transfersOf(counted(zones), allocations);
  const result = [...zones];
  for (const [i, zone] of zones.entries()) {
    const left = giving.get(zone) ?? 0;
    const [to] = receiving;
    if (left === 0 || to === undefined) continue;
    giving.set(zone, left - 1);
    result[i] = to;
    receiving.shift();
  }
  return result;
}

/** Below this nobody gives and nobody receives: an endpoint cannot be cut. */
const least = 0.5;

/** How many endpoints a zone gives, and to whom they go, one entry for each. */
function transfersOf(counts: Map<string, number>, allocations: ReadonlyMap<string, Allocation>) {
  // A zone whose nodes do not count, those of the control plane, needs none.
  const none = { minimum: 0, desired: 0 };
  const needs = new Map([...counts.keys()].map((zone) => [zone, none]));
  for (const [zone, { minimum, desired }] of allocations) needs.set(zone, { minimum, desired });
  const giving = new Map<string, number>();
  const receiving: string[] = [];
  for (;;) {
    const transfer = nextTransfer(counts, needs);
    if (!transfer) return { giving, receiving };
    const { from, to } = transfer;
    giving.set(from, (giving.get(from) ?? 0) + 1);
    receiving.push(to);
    counts.set(from, (counts.get(from) ?? 0) - 1);
    counts.set(to, (counts.get(to) ?? 0) + 1);
  }
}

type Needs = ReadonlyMap<string, Pick<Allocation, 'minimum' | 'desired'>>;

function nextTransfer(
  counts: ReadonlyMap<string, number>,
  needs: Needs,
): { from: string; to: string } | undefined {
  const zones = [...needs]
    .map(([zone, { minimum, desired }]) => {
      const count = counts.get(zone) ?? 0;
      return { zone, surplus: count - desired, spare: count - minimum };
    })
    .sort((a, b) => b.surplus - a.surplus);
  const [first, last] = [zones[0], zones.at(-1)];
  // Nobody stays below the minimum; there is enough for all, or there would be no allocations.
  const rich = zones.find(({ spare }) => spare > 0);
  const poor = zones.findLast(({ spare }) => spare < 0);
  if (rich && poor) return { from: rich.zone, to: poor.zone };
  if (!first || !last || first.surplus < least || -last.surplus < least) return undefined;
  if (first.surplus < 1 && -last.surplus < 1) return undefined;
  return { from: first.zone, to: last.zone };
}
