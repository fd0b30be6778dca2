/**
 * Puts endpoints into slices of at most a hundred, touching as few slices as possible: every slice that
 * changes is sent to every node.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointSlice } from '../../api/types.ts';

const maxEndpoints = 100;

export interface Packing {
  /** What each slice that is there should hold; the very same list when nothing changes. */
  kept: Map<EndpointSlice, Endpoint[]>;
  /** Endpoints of slices that must be made. */
  made: Endpoint[][];
}

export function pack(slices: readonly EndpointSlice[], endpoints: readonly Endpoint[]): Packing {
  const missing = new Map(endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const kept = new Map<EndpointSlice, Endpoint[]>();
  for (const slice of slices) kept.set(slice, refresh(slice, missing));
  let rest = [...missing.values()];
  // First where a write is due anyway, then in the fullest slice that takes all, then in new ones.
  for (const [slice, now] of kept) {
    if (rest.length > 0 && now !== slice.endpoints && now.length > 0) rest = fill(kept, slice, rest);
  }
  const roomy = [...kept].filter(([, now]) => now.length > 0 && now.length + rest.length <= maxEndpoints);
  const [best] = roomy.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (rest.length > 0 && best) rest = fill(kept, best, rest);
  for (const [slice, now] of kept) if (rest.length > 0 && now.length === 0) rest = fill(kept, slice, rest);
  const made: Endpoint[][] = [];
  for (let at = 0; at < rest.length; at += maxEndpoints) made.push(rest.slice(at, at + maxEndpoints));
  return { kept, made };
}

/** A pod keeps its place while its address stays. */
export const identityOf = (endpoint: Endpoint): string =>
  `${endpoint.targetRef?.uid} ${endpoint.addresses[0]}`;

/** The slice's endpoints as they are wanted now; takes them out of `missing`. */
function refresh(slice: EndpointSlice, missing: Map<string, Endpoint>): Endpoint[] {
  const before = slice.endpoints ?? [];
  const now: Endpoint[] = [];
  let isSame = before.length <= maxEndpoints;
  for (const old of before) {
    const wanted = missing.get(identityOf(old));
    if (!wanted || now.length === maxEndpoints) {
      isSame = false;
      continue;
    }
    missing.delete(identityOf(old));
    const same = isDeepStrictEqual(old, wanted);
    now.push(same ? old : wanted);
    isSame &&= same;
  }
  return isSame ? before : now;
}

function fill(kept: Map<EndpointSlice, Endpoint[]>, slice: EndpointSlice, rest: Endpoint[]): Endpoint[] {
  const now = kept.get(slice) ?? [];
  const room = maxEndpoints - now.length;
  kept.set(slice, [...now, ...rest.slice(0, room)]);
  return rest.slice(room);
}
