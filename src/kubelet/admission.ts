/**
 * Whether the node can have a pod that was given to it past the scheduler, or that the scheduler gave it knowing
 * less than the node does.
 */
import { collide, hostPortsOf } from '../api/core/pod/hostPorts.ts';
import type { Pod } from '../api/types.ts';
import type { Failure } from './pod/plan.ts';

/** `others` are those that the node has taken. */
export function rejectionOf(pod: Pod, others: readonly Pod[]): Required<Failure> | undefined {
  const wanted = hostPortsOf(pod.spec);
  if (wanted.length === 0) return undefined;
  const isTaken = others
    .filter((other) => !isOver(other))
    .flatMap((other) => hostPortsOf(other.spec))
    .some((taken) => wanted.some((port) => collide(port, taken)));
  return isTaken
    ? rejected('NodePorts', "node(s) didn't have free ports for the requested pod ports")
    : undefined;
}

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const rejected = (predicate: string, why: string): Required<Failure> => ({
  reason: predicate,
  message: `Pod was rejected: Predicate ${predicate} failed: ${why}`,
});
