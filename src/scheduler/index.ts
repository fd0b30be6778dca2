/** Gives every pod that has none a node. Of several control planes, the one that holds the Lease does. */
import { lead } from '../client/leader.ts';
import { runScheduler, type SchedulerOptions } from './loop.ts';

export const leaseName = 'switchboard-scheduler';

/** `identity`: as in `client/leader.ts`. Runs until the signal; resolves when the Lease has been given back. */
export function startScheduler({
  identity,
  ...options
}: SchedulerOptions & { identity: string }): Promise<void> {
  const { client, clock, signal } = options;
  return lead({ client, name: leaseName, identity, clock, signal }, (term) =>
    runScheduler({ ...options, signal: term }),
  );
}
