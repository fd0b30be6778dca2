/**
 * How many endpoints of a Service each zone should have, by the CPU of its nodes: what the annotation
 * `service.kubernetes.io/topology-mode: Auto` asks for (KEP-2433).
 * https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/
 */
import { milliOf } from '../../api/quantity.ts';
import type { Node } from '../../api/types.ts';

export const zoneLabel = 'topology.kubernetes.io/zone';

/** Nodes of the control plane are seldom there to serve, so their CPU does not count. */
const excluded = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** An endpoint may get so much more than its part, or the hints are not worth having. */
const overloadThreshold = 0.2;

/** The part of the CPU that each zone has; they add up to 1. */
export type Shares = ReadonlyMap<string, number>;

export interface Allocation {
  /** With fewer, the endpoints of the zone would be overloaded. */
  minimum: number;
  maximum: number;
  desired: number;
}

/** In Kubernetes' words. */
export const why = {
  unknown: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
  oneZone: 'Nodes only ready in one zone',
  few: 'Insufficient number of endpoints',
  overload: 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold',
  noZone: 'One or more endpoints do not have a zone specified',
} as const;

const isReadyNode = ({ status }: Node): boolean =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

/** What a node has to do with shares and hints: another one is a change that matters. */
export const footprintOf = (node: Node | undefined): string =>
  node ? [zoneOf(node), counts(node), node.status?.allocatable?.['cpu']].join(' ') : '';

export const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.[zoneLabel];

const counts = (node: Node): boolean =>
  isReadyNode(node) && !excluded.some((label) => node.metadata.labels?.[label] !== undefined);

/** Of the nodes that are ready; or why there are none. */
export function sharesOf(nodes: Iterable<Node>): Shares | string {
  const cpus = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    if (!counts(node)) continue;
    const zone = zoneOf(node);
    const milli = Number(milliOf(node.status?.allocatable?.['cpu'] ?? '0'));
    if (!zone || milli === 0) return why.unknown;
    cpus.set(zone, (cpus.get(zone) ?? 0) + milli);
    total += milli;
  }
  if (cpus.size === 0) return why.unknown;
  if (cpus.size === 1) return why.oneZone;
  return new Map(
    [...cpus].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, milli]) => [zone, milli / total]),
  );
}

/** So many of the endpoints for each zone; or why that cannot be. */
export function allocationsOf(shares: Shares, endpoints: number): Map<string, Allocation> | string {
  const counted = `(${endpoints} endpoints, ${shares.size} zones)`;
  if (shares.size > endpoints) return `${why.few} ${counted}`;
  const parts = [...shares].map(([zone, share]) => {
    const part = share * endpoints;
    const minimum = Math.ceil(part / (1 + overloadThreshold));
    return { zone, minimum, desired: Math.max(part, minimum) };
  });
  const spare = endpoints - parts.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) return `${why.overload} ${counted}`;
  return new Map(
    parts.map(({ zone, minimum, desired }) => [zone, { minimum, desired, maximum: minimum + spare }]),
  );
}
