/**
 * When the change happened that a write of endpoints answers to: the earliest of the changes since the
 * last write, so that the annotation tells how long the network took to follow.
 * https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md
 */
import type { Pod, Service } from '../../api/types.ts';
import { podCondition } from '../pods.ts';

export interface TriggerTimes {
  /** Absent when nothing with a time of its own has changed. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined;
  forget(key: string): void;
}

export function triggerTimes(): TriggerTimes {
  const seen = new Map<string, Map<string, string>>();
  return {
    next(key, service, pods) {
      const before = seen.get(key);
      const now = new Map<string, string>();
      const changes: string[] = [];
      if (!before && service.metadata.creationTimestamp) changes.push(service.metadata.creationTimestamp);
      for (const pod of pods) {
        const time = podCondition(pod, 'Ready')?.lastTransitionTime;
        if (!time) continue;
        const uid = pod.metadata.uid ?? '';
        now.set(uid, time);
        if (before && before.get(uid) !== time) changes.push(time);
      }
      seen.set(key, now);
      return changes.sort()[0];
    },
    forget: (key) => void seen.delete(key),
  };
}
