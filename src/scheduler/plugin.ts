/**
 * The two kinds of plugins. Both look at the pod once and give a function that looks at one node, so
 * that what is the same for all nodes is reckoned once; without one, the plugin has nothing to say.
 */
import type { Service } from '../api/types.ts';
import type { NodeInfo, PodInfo, Snapshot } from './snapshot.ts';
import type { Volumes } from './volumes/contract.ts';

export interface World {
  snapshot: Snapshot;
  /** Services of a namespace that select pods with these labels. */
  servicesOf(pod: PodInfo): readonly Service[];
  namespaceLabels(name: string): Readonly<Record<string, string>>;
  volumes: Volumes;
}

/** Why the pod cannot be on this node, in Kubernetes' words; several reasons are counted each. */
export type Filter = (pod: PodInfo, world: World) => Check | undefined;
export type Check = (node: NodeInfo) => readonly string[];

/** Why the pod can be on no node as things stand; asked before any node is looked at. */
export type Gate = (pod: PodInfo, world: World) => string | undefined;

/** The more the better; compared only with what the same plugin says of other nodes. */
export type Score = (
  pod: PodInfo,
  world: World,
  feasible: readonly NodeInfo[],
) => ((node: NodeInfo) => number) | undefined;

export const fits: readonly string[] = [];
