import type { Column } from '../../kind.ts';
import { canonicalQuantity } from '../../quantity.ts';
import type { ResourceQuota } from '../../types.ts';

/** `pods: 2/10, requests.cpu: 1/4`, by name. */
function usedOf({ status }: ResourceQuota, wanted: (name: string) => boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => wanted(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, hard]) =>
        `${name}: ${canonicalQuantity(status?.used?.[name] ?? '0')}/${canonicalQuantity(hard)}`,
    )
    .join(', ');
}

const isLimit = (name: string): boolean => name.startsWith('limits.');

export const requestColumn: Column<ResourceQuota> = {
  name: 'Request',
  description: 'What is used, and how much there may be.',
  value: (quota) => usedOf(quota, (name) => !isLimit(name)),
};

export const limitColumn: Column<ResourceQuota> = {
  name: 'Limit',
  description: 'What is used of limits, and how much there may be.',
  value: (quota) => usedOf(quota, isLimit),
};
