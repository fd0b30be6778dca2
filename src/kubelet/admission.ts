/**
 * Whether the node can have a pod that was given to it past the scheduler, or that the scheduler gave it knowing
 * less than the node does.
 */
import { collide, hostPortsOf } from '../api/core/pod/hostPorts.ts';
import type { Pod } from '../api/types.ts';
import type { Failure } from './pod/plan.ts';

/** `others` are those that the node has taken. */
export const rejectionOf = (pod: Pod, others: readonly Pod[]): Required<Failure> | undefined =>
  foreign(pod) ?? crowded(pod, others);

/** https://kubernetes.io/docs/concepts/workloads/pods/#pod-os */
function foreign({ spec }: Pod): Required<Failure> | undefined {
  const selected = spec?.nodeSelector?.['kubernetes.io/os'];
  if (selected !== undefined && selected !== 'linux')
    return refused(
      'PodOSSelectorNodeLabelDoesNotMatch',
      "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    );
  if (spec?.os?.name && spec.os.name !== 'linux')
    return refused('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS");
  return undefined;
}

function crowded(pod: Pod, others: readonly Pod[]): Required<Failure> | undefined {
  const wanted = hostPortsOf(pod.spec);
  if (wanted.length === 0) return undefined;
  const isTaken = others
    .filter((other) => !isOver(other))
    .flatMap((other) => hostPortsOf(other.spec))
    .some((taken) => wanted.some((port) => collide(port, taken)));
  return isTaken
    ? refused(
        'NodePorts',
        "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      )
    : undefined;
}

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const refused = (reason: string, why: string): Required<Failure> => ({
  reason,
  message: `Pod was rejected: ${why}`,
});
