/** Makes room: victims are told why, and end in their own time. */
import { isConflict, isNotFound } from '../api/errors.ts';
import { pods } from '../api/resource.ts';
import type { Pod, PodCondition } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import type { EventRecorder } from '../client/events.ts';
import { type Clock, rfc3339 } from '../lib/clock.ts';
import { schedulerName } from './relevance.ts';

interface Means {
  client: Client;
  clock: Clock;
  events: EventRecorder;
}

export async function endVictims(
  { client, clock, events }: Means,
  preemptor: Pod,
  node: string,
  victims: readonly Pod[],
): Promise<void> {
  const end = async (victim: Pod) => {
    const { name, namespace = '', uid = '' } = victim.metadata;
    if (victim.metadata.deletionTimestamp) return;
    try {
      await client.update(pods, withReason(victim, clock.now()), 'status').catch(unlessChanged);
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
    } catch (err) {
      if (isNotFound(err) || isConflict(err)) return;
      throw err;
    }
    const message = `Preempted by pod ${preemptor.metadata.uid} on node ${node}`;
    events.event(pods, victim, 'Normal', 'Preempted', message);
  };
  await Promise.all(victims.map(end));
}

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
function withReason(pod: Pod, now: number): Pod {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: rfc3339(now),
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}

/** Why it ends is good to know, and no reason to let it stay. */
function unlessChanged(err: unknown): void {
  if (!isConflict(err)) throw err;
}
