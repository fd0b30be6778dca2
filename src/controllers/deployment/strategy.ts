/** How many pods a Deployment may have too many or too few while it changes. */
import type { Deployment } from '../../api/types.ts';
import { portionOf } from '../portion.ts';

export const replicasOf = (object: { spec?: { replicas?: number } }): number => object.spec?.replicas ?? 1;

export const isRolling = (deployment: Deployment): boolean => deployment.spec?.strategy?.type !== 'Recreate';

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
export function limitsOf(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  if (!isRolling(deployment)) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const replicas = replicasOf(deployment);
  const surge = portionOf(maxSurge, replicas, Math.ceil);
  const unavailable = portionOf(maxUnavailable, replicas, Math.floor);
  // Both zero could never move: 1% of 3 rounds down to nothing, and one pod may then be missing.
  if (surge === 0 && unavailable === 0) return { maxSurge: 0, maxUnavailable: 1 };
  return { maxSurge: surge, maxUnavailable: Math.min(unavailable, replicas) };
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
