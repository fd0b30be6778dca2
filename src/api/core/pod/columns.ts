import { age } from '../../age.ts';
import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { Pod } from '../../types.ts';
import { summarize } from './summary.ts';

function restarts(pod: Pod, nowMs: number): string {
  const { restarts: count, lastRestart } = summarize(pod);
  return count !== 0 && lastRestart !== undefined ? `${count} (${age(lastRestart, nowMs)} ago)` : `${count}`;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const isTrue = (type: string) =>
    pod.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
  return `${gates.filter((g) => isTrue(g.conditionType)).length}/${gates.length}`;
}

export const columns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    description: 'Containers that are ready, of all that should be.',
    value: (pod) => {
      const { ready, total } = summarize(pod);
      return `${ready}/${total}`;
    },
  },
  {
    name: 'Status',
    description: 'What the pod is doing, in one word.',
    value: (pod) => summarize(pod).status,
  },
  { name: 'Restarts', description: 'How often its containers were restarted.', value: restarts },
  ageColumn,
  { name: 'IP', priority: 1, description: 'Address of the pod.', value: (pod) => pod.status?.podIP || NONE },
  { name: 'Node', priority: 1, description: 'Where it runs.', value: (pod) => pod.spec?.nodeName || NONE },
  {
    name: 'Nominated Node',
    priority: 1,
    description: 'Where it will run once others have made room.',
    value: (pod) => pod.status?.nominatedNodeName || NONE,
  },
  {
    name: 'Readiness Gates',
    priority: 1,
    description: 'Conditions that must hold before the pod is ready.',
    value: readinessGates,
  },
];
