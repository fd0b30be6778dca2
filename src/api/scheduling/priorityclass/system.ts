/**
 * The classes that every cluster has, and what is kept for them.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass
 */
import type { PriorityClass } from '../../types.ts';

/** Of a pod whose class nobody names. */
export const DEFAULT_PRIORITY = 0;
/** What people make is not higher. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000;
export const SYSTEM_PREFIX = 'system-';

const systemClass = (name: string, value: number, description: string): PriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
});

export const systemPriorityClasses: readonly PriorityClass[] = [
  systemClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  systemClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];

export const systemPriorityClass = (name: string): PriorityClass | undefined =>
  systemPriorityClasses.find(({ metadata }) => metadata.name === name);
