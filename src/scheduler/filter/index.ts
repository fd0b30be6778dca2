/** What a node must be; the first one that refuses a node has said why. */
import type { Filter, Gate } from '../plugin.ts';
import { hostPorts } from './hostPorts.ts';
import { nodeAffinity } from './nodeAffinity.ts';
import { nodeName } from './nodeName.ts';
import { nodeReady } from './nodeReady.ts';
import { nodeUnschedulable } from './nodeUnschedulable.ts';
import { podAffinity } from './podAffinity.ts';
import { podAntiAffinity } from './podAntiAffinity.ts';
import { resources } from './resources.ts';
import { taints } from './taints.ts';
import { topologySpread } from './topologySpread.ts';
import { claimsGiven, volumeBinding } from './volumeBinding.ts';
import { claimsUnshared } from './volumeRestrictions.ts';

export const gates: readonly Gate[] = [claimsGiven, claimsUnshared];

/** The gate as a filter that refuses every node. */
function everywhere(gate: Gate): Filter {
  return (pod, world) => {
    const why = gate(pod, world);
    return why === undefined ? undefined : () => [why];
  };
}

export const filters: readonly Filter[] = [
  nodeUnschedulable,
  nodeName,
  taints,
  nodeReady,
  nodeAffinity,
  hostPorts,
  resources,
  volumeBinding,
  topologySpread,
  podAffinity,
  podAntiAffinity,
];

/** Where these refuse, it is not for the pods that are there: no room can be made. */
export const hopeless: readonly Filter[] = [
  ...gates.map(everywhere),
  nodeUnschedulable,
  nodeName,
  taints,
  nodeReady,
  nodeAffinity,
  volumeBinding,
];
