/** Columns that many kinds print, and the words for what is not there. */
import { age } from './age.ts';
import type { Column } from './kind.ts';
import { formatLabelSelector } from './selectors.ts';
import type { KubeObject, LabelSelector, PodTemplateSpec } from './types.ts';

export const NONE = '<none>';

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  format: 'name',
  description: 'Unique within its namespace.',
  value: (obj) => obj.metadata.name ?? '',
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  description: 'Time since the object was created.',
  value: (obj, nowMs) => age(obj.metadata.creationTimestamp, nowMs),
};

/** `app=web,tier=front`, sorted. */
export function formatLabels(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([k, v]) => `${k}=${v}`);
  return pairs.length === 0 ? NONE : pairs.toSorted().join(',');
}

/** The first three, and how many more there are. */
export function firstThree(items: readonly string[], empty: string): string {
  if (items.length === 0) return empty;
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}

interface Workload extends KubeObject {
  spec?: { template?: PodTemplateSpec; selector?: LabelSelector };
}

const containersOf = (w: Workload) => w.spec?.template?.spec?.containers ?? [];

/** What `-o wide` adds for whatever has a pod template. */
export const templateColumns: readonly Column<Workload>[] = [
  {
    name: 'Containers',
    priority: 1,
    description: 'Names of the containers of the pod template.',
    value: (w) =>
      containersOf(w)
        .map((c) => c.name)
        .join(','),
  },
  {
    name: 'Images',
    priority: 1,
    description: 'Images of the containers of the pod template.',
    value: (w) =>
      containersOf(w)
        .map((c) => c.image ?? '')
        .join(','),
  },
];

export const selectorColumn: Column<Workload> = {
  name: 'Selector',
  priority: 1,
  description: 'Which pods belong to it.',
  value: (w) => formatLabelSelector(w.spec?.selector) || NONE,
};
