/**
 * Keeps the kernel's table as NetworkPolicies, pods and namespaces say. Thin: what to do is decided in `rules.ts` and
 * `state.ts`. While the cluster has no policy there is no table, and neither pods nor namespaces are watched.
 */
import type { Pod } from '../api/types.ts';
import { keyOf } from '../client/contract.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { Follower, type FollowerOptions } from './follower.ts';
import { noTable } from './table.ts';

const log = logger('policy');

export interface PolicyOptions extends Omit<FollowerOptions, 'clock'> {
  clock?: Clock;
}

export interface PolicySync {
  /** What was known of policies at the start is in the kernel. */
  synced: Promise<void>;
  /** Resolves when the pod's policies are in the kernel. Rejects when that takes too long: it must not start open. */
  beforeStart(pod: Pod): Promise<void>;
  /** The rules stay; they are only no longer changed. */
  stop(): void;
}

const longestWaitMs = 10_000;
const retryMs = 1_000;

export function startPolicy(options: PolicyOptions): PolicySync {
  const { policies, nft, clock = systemClock } = options;
  const stopped = new AbortController();
  const count = new Set<string>();
  let follower: Follower | undefined;

  const end = async (): Promise<void> => {
    follower?.stop();
    follower = undefined;
    while (!follower && !stopped.signal.aborted) {
      try {
        return await nft.run(noTable());
      } catch (err) {
        log.error({ err: String(err) }, 'the table of policies could not be removed');
        await clock.sleep(retryMs, stopped.signal);
      }
    }
  };
  const begin = (): Promise<void> => {
    follower = new Follower({ ...options, clock });
    return follower.started;
  };

  policies.onChange((now, before) => {
    const policy = now ?? before;
    if (!policy || stopped.signal.aborted) return;
    if (now) count.add(keyOf(now));
    else count.delete(keyOf(policy));
    if (!policies.hasSynced) return;
    if (count.size === 0) void end();
    else if (follower) follower.policyChanged(policy);
    else void begin();
  });
  // A table from before a restart stays until it is replaced, or not wanted any more.
  const synced = policies.synced.then(() => (count.size === 0 ? end() : (follower?.started ?? begin())));

  return {
    synced,
    async beforeStart(pod) {
      if (pod.spec?.hostNetwork) return;
      const waiting = new AbortController();
      const admitted = async () => {
        await policies.synced;
        await follower?.admit(pod, waiting.signal);
        return true;
      };
      const tooLong = clock.sleep(longestWaitMs, waiting.signal).then(() => false);
      const isAdmitted = await Promise.race([admitted(), tooLong]);
      waiting.abort();
      if (!isAdmitted) throw new Error('its network policies are not in the kernel yet');
    },
    stop() {
      stopped.abort();
      follower?.stop();
    },
  };
}
