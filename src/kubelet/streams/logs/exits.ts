/** Who follows a container's log wants to know when it ends. */
import type { ContainerRuntime } from '../../contract.ts';

/** Calls back once the container has ended, also if it has ended already. Resolves with what stops that. */
export type OnEnd = (id: string, ended: () => void) => Promise<() => void>;

export function exitsOf(runtime: Pick<ContainerRuntime, 'list' | 'onExit'>): OnEnd {
  const waiting = new Set<{ id: string; ended: () => void }>();
  let listening = false;
  return async (id, ended) => {
    // Not sooner: the first listener hears of all that ended unseen, and that must be the kubelet.
    if (!listening)
      runtime.onExit((record) => {
        for (const one of waiting) if (one.id === record.id) one.ended();
      });
    listening = true;
    const one = { id, ended };
    waiting.add(one);
    const record = (await runtime.list()).find((known) => known.id === id);
    if (!record || record.state === 'exited') ended();
    return () => waiting.delete(one);
  };
}
