import type { Score } from '../plugin.ts';

const weighed = ['cpu', 'memory'] as const;

/** The share of cpu and memory that would still be free. */
export const leastAllocated: Score = ({ usualRequests }) => {
  return ({ allocatable, usualRequested }) => {
    let free = 0;
    for (const name of weighed) {
      const all = allocatable[name] ?? 0;
      const used = (usualRequested[name] ?? 0) + (usualRequests[name] ?? 0);
      if (all > 0) free += Math.max(0, all - used) / all;
    }
    return (100 * free) / weighed.length;
  };
};
