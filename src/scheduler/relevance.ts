/** Which changes matter to the scheduler. */
import { isDeepStrictEqual } from 'node:util';
import type { Node, Pod } from '../api/types.ts';

export const schedulerName = 'default-scheduler';

const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Wants a node, and from this scheduler. */
export const isPending = (pod: Pod): boolean =>
  !pod.spec?.nodeName &&
  !isTerminal(pod) &&
  !pod.metadata.deletionTimestamp &&
  (pod.spec?.schedulerName ?? schedulerName) === schedulerName &&
  !pod.spec?.schedulingGates?.length;

/** Takes room on its node. */
export const isPlaced = (pod: Pod): boolean => Boolean(pod.spec?.nodeName) && !isTerminal(pod);

/** Whether a pod that did not fit may fit now; its status, which the scheduler writes, does not count. */
export const wantsOtherwise = (now: Pod, before: Pod | undefined): boolean =>
  !before ||
  !isPending(before) ||
  !isDeepStrictEqual([now.spec, now.metadata.labels], [before.spec, before.metadata.labels]);

const readyOf = (node: Node): string | undefined =>
  node.status?.conditions?.find((c) => c.type === 'Ready')?.status;

/** A kubelet's heartbeat is none. */
export const offersOtherwise = (now: Node, before: Node | undefined): boolean =>
  !before ||
  readyOf(now) !== readyOf(before) ||
  !isDeepStrictEqual(
    [now.spec, now.metadata.labels, now.status?.allocatable],
    [before.spec, before.metadata.labels, before.status?.allocatable],
  );
