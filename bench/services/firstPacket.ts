/** How long a connection takes to be made, as the kernel alone needs for it: rule sets of several sizes in turn. */
import { closeSync } from 'node:fs';
import { median } from '../table.ts';
import { clusterIP, endpointOf, endpointsEach, ports } from './objects.ts';
import type { Site } from './site.ts';
import { bytesOf, clientSockets, connect, listenIn, turnAway } from './sockets.ts';
import type { Pair } from './traffic.ts';

export interface RuleSet {
  site: Site;
  /** Services in its rules. */
  count: number;
}

/**
 * Microseconds for a connection, the median of each turn: through Services, and straight to their endpoints, because
 * what a processor does not have in its caches costs both.
 */
export type FirstPackets = RuleSet & Pair;

const perTurn = 50;
const random = (below: number): number => Math.floor(Math.random() * below);

/**
 * Of each set as many Services are called, wherever they stand in it: so what differs is the size of the set. As
 * many as there are, if `called` is Infinity.
 */
export function firstPackets(sets: readonly RuleSet[], called: number, turns: number): FirstPackets[] {
  const all = sets.map((set) => {
    const times: Pair = { through: [], direct: [] };
    return { ...set, ...times, pick: picker(set.count, called) };
  });
  for (let turn = 0; turn < turns; turn++)
    for (const { site, pick, ...times } of shuffled(all))
      for (const way of ['through', 'direct'] as const) {
        const some = connectMany(site, () => (way === 'through' ? serviceAt(pick()) : endpointAt(pick())));
        // The first turn wakes everything up.
        if (turn > 0) times[way].push(median(some));
      }
  return all;
}

function picker(count: number, called: number): () => number {
  if (called >= count) return () => random(count);
  const services = Array.from({ length: called }, () => random(count));
  return () => services[random(called)] ?? 0;
}

const serviceAt = (i: number) => bytesOf({ ip: clusterIP(i), port: ports.service });
const endpointAt = (i: number) => bytesOf({ ip: endpointOf(i, random(endpointsEach)), port: ports.endpoint });

function connectMany(site: Site, next: () => Buffer): number[] {
  using listener = listenIn(site.server, ports.endpoint, false);
  const sockets = clientSockets(site.client, perTurn);
  try {
    return sockets.map((socket) => {
      const to = next();
      const startMs = performance.now();
      connect(socket, to);
      return (performance.now() - startMs) * 1_000;
    });
  } finally {
    for (const socket of sockets) closeSync(socket);
    turnAway(listener);
  }
}

function shuffled<T>(all: readonly T[]): T[] {
  const places = all.map((one) => ({ one, place: Math.random() }));
  return places.toSorted((a, b) => a.place - b.place).map(({ one }) => one);
}
