/**
 * When a pod must leave a node that has NoExecute taints.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
import { tolerates } from '../../api/tolerations.ts';
import type { Pod, Taint, Toleration } from '../../api/types.ts';

/** Milliseconds that the pod may stay: 0 means no longer, absent for ever. */
export function staysMs(pod: Pod, taints: readonly Taint[]): number | undefined {
  const tolerations = pod.spec?.tolerations ?? [];
  const used: Toleration[] = [];
  for (const taint of taints.filter((t) => t.effect === 'NoExecute')) {
    const matching = tolerations.filter((t) => tolerates(t, taint));
    if (matching.length === 0) return 0;
    used.push(...matching);
  }
  const limits = used.map((t) => t.tolerationSeconds).filter((seconds) => seconds !== undefined);
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits)) * 1000;
}
