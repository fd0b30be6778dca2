/** What a node must be; the first one that refuses a node has said why. */
import type { Filter } from '../plugin.ts';
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

export const filters: readonly Filter[] = [
  nodeUnschedulable,
  nodeName,
  taints,
  nodeReady,
  nodeAffinity,
  hostPorts,
  resources,
  topologySpread,
  podAffinity,
  podAntiAffinity,
];
