/** Pods of the bench, followed by a watch: no polling between what happens and the clock. */
import { pods } from '../src/api/resource.ts';
import type { Pod } from '../src/api/types.ts';
import type { Client, Informer } from '../src/client/contract.ts';
import { informer } from '../src/client/informer.ts';

export const isReady = (pod: Pod | undefined): boolean =>
  pod?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** A process that only waits, in the smallest preloaded image. */
export const sleeper = {
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'main', image: 'busybox', command: ['sleep', '1000000'] }],
};

/** Follows the pods of the namespace `default`, as `work` needs them. */
export async function followingPods<T>(
  client: Client,
  work: (known: Informer<Pod>) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  try {
    const known = informer(client, pods, { namespace: 'default', signal: stop.signal });
    await known.synced;
    return await work(known);
  } finally {
    stop.abort();
  }
}

/** Resolves as soon as it holds of the pods that are known; rejects after the time. */
export function until(
  known: Informer<Pod>,
  what: string,
  holds: () => boolean,
  withinMs = 60_000,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Cannot wait longer for ${what}`)), withinMs);
    const look = () => {
      if (!holds()) return;
      clearTimeout(late);
      resolve();
    };
    known.onChange(look);
    look();
  });
}
