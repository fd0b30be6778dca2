import type { Filter } from '../plugin.ts';

/** What the node has must cover what its pods ask for, used or not. */
export const resources: Filter = ({ requests }) => {
  const wanted = Object.entries(requests).filter(([, amount]) => amount > 0);
  return ({ allocatable, requested, pods }) => {
    const reasons: string[] = [];
    if (pods.size + 1 > (allocatable['pods'] ?? Number.POSITIVE_INFINITY)) reasons.push('Too many pods');
    for (const [name, amount] of wanted)
      if (amount > (allocatable[name] ?? 0) - (requested[name] ?? 0)) reasons.push(`Insufficient ${name}`);
    return reasons;
  };
};
