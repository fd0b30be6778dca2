/** What makes one node better than another, and how much each of it counts. */
import type { Score } from '../plugin.ts';
import { leastAllocated } from './leastAllocated.ts';
import { nodeAffinity } from './nodeAffinity.ts';
import { podAffinity } from './podAffinity.ts';
import { siblings } from './siblings.ts';
import { taints } from './taints.ts';
import { topologySpread } from './topologySpread.ts';

export const scores: readonly { score: Score; weight: number; isShare?: true }[] = [
  { score: taints, weight: 3 },
  { score: nodeAffinity, weight: 2 },
  { score: podAffinity, weight: 2 },
  { score: topologySpread, weight: 2 },
  { score: siblings, weight: 2 },
  { score: leastAllocated, weight: 1, isShare: true },
];
