/** Pods that others make room for: until they are there, nobody less important takes it. */

import { priorityOf } from './preempt.ts';
import type { PodInfo, Snapshot } from './snapshot.ts';

export interface Nominated {
  set(info: PodInfo, node: string): void;
  remove(key: string): void;
  /** Calls `decide` as if those that go before this pod were on their nodes already. */
  beside<T>(pod: PodInfo, decide: () => T): T;
}

export function nominatedPods(snapshot: Snapshot): Nominated {
  const known = new Map<string, { info: PodInfo; node: string }>();
  return {
    set: (info, node) => void known.set(info.key, { info, node }),
    remove: (key) => void known.delete(key),
    beside(pod, decide) {
      const before = [...known.values()].filter(
        ({ info }) => info.key !== pod.key && priorityOf(info.pod) >= priorityOf(pod.pod),
      );
      for (const { info, node } of before) snapshot.setPod(info, node);
      try {
        return decide();
      } finally {
        for (const { info } of before) snapshot.removePod(info.key);
      }
    },
  };
}
