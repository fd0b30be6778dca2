/**
 * Keeps what decisions need beside the store: it is told every change of some kinds, in order. One watch
 * sees the whole log, so that it is known how far everything has been seen, and a request that comes after
 * an acknowledged write can wait for the moment in which that write counts.
 */
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { Compacted, type Store, TooSlow } from '../../store/contract.ts';

/** Something that is kept up to date. */
export interface Follower {
  /** Where the objects stand in the store that it wants to hear of. */
  readonly prefixes: readonly string[];
  set(object: KubeObject, previous?: KubeObject): void;
  remove(object: KubeObject): void;
  /** Forgets everything: what there is comes again. */
  clear(): void;
}

export interface Following {
  /** Resolves when everything that was acknowledged until now has been told; undefined when it has. */
  caughtUp(): Promise<void> | undefined;
}

/** Nobody waits longer: whatever holds the watch up, a decision from what is known is better than none. */
const longestMs = 1000;

interface Waiting {
  readonly revision: number;
  readonly wake: () => void;
}

/** Resolves when the followers know what is in the store now. Ends with the store. */
export async function follow(store: Store, followers: readonly Follower[], clock: Clock): Promise<Following> {
  const parts = followers.flatMap((follower) => follower.prefixes.map((prefix) => ({ prefix, follower })));
  let seen = 0;
  let waiting: Waiting[] = [];

  async function read(): Promise<void> {
    const revision = store.revision();
    const listings = await Promise.all(parts.map(({ prefix }) => store.list(prefix, { revision })));
    // From here on without a pause: nobody decides by half of it.
    for (const follower of followers) follower.clear();
    for (const [i, { follower }] of parts.entries())
      for (const { object } of listings[i]?.entries ?? []) follower.set(object);
    reached(revision);
  }

  function reached(revision: number): void {
    seen = revision;
    if (waiting.length === 0) return;
    for (const one of waiting) if (one.revision <= seen) one.wake();
    waiting = waiting.filter((one) => one.revision > seen);
  }

  async function watch(): Promise<void> {
    for await (const item of store.watch('', seen)) {
      if (!Array.isArray(item)) {
        reached(item.progress);
        continue;
      }
      for (const { type, key, entry, previous, revision } of item) {
        for (const { prefix, follower } of parts) {
          if (!key.startsWith(prefix)) continue;
          if (type === 'put') follower.set(entry.object, previous?.object);
          else follower.remove(entry.object);
        }
        reached(revision);
      }
    }
  }

  /** A watch that fell behind begins again from what is there. */
  async function keepOn(): Promise<void> {
    for (;;) {
      try {
        return await watch();
      } catch (err) {
        if (!(err instanceof TooSlow || err instanceof Compacted)) throw err;
        await read();
      }
    }
  }

  await read();
  void keepOn();
  return {
    caughtUp() {
      const revision = store.revision();
      if (seen >= revision) return undefined;
      const enough = new AbortController();
      const told = new Promise<void>((wake) => waiting.push({ revision, wake }));
      return Promise.race([told, clock.sleep(longestMs, enough.signal)]).finally(() => enough.abort());
    },
  };
}
