/**
 * Of several processes that could do a job, one does it: the one whose name stands in a Lease.
 * https://kubernetes.io/docs/concepts/architecture/leases/#leader-election
 *
 * A process that starts again under the same identity takes its own Lease over at once, so that a
 * control plane that was killed is back without waiting for its Lease to run out.
 */
import { isConflict, isNotFound } from '../api/errors.ts';
import { leases } from '../api/resource.ts';
import type { Lease } from '../api/types.ts';
import { type Clock, rfc3339Micro } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import type { Client } from './contract.ts';

export interface Election {
  client: Client;
  /** Of the Lease, in kube-system. */
  name: string;
  /** Who asks; the same again after a restart, and never the same for two processes at once. */
  identity: string;
  clock: Clock;
  signal: AbortSignal;
}

export const leaseDurationMs = 15_000;
const renewEveryMs = 5_000;
/** Without a renewal for so long the job is stopped, before anybody else may take the Lease. */
const giveUpAfterMs = 10_000;
const retryMs = 2_000;
/** The server, or the namespace, may be there in a moment. */
const firstRetryMs = 50;
const namespace = 'kube-system';

/**
 * Does `job` whenever the Lease is held; the signal that it gets ends when the Lease is lost.
 * Resolves after `election.signal` was aborted and the Lease was given back.
 */
export async function lead(election: Election, job: (term: AbortSignal) => void): Promise<void> {
  const { clock, signal } = election;
  const log = logger(election.name);
  const rival = { record: '', seenAt: 0 };
  let term: AbortController | undefined;
  let renewedAt = 0;
  let failureDelayMs = firstRetryMs;
  while (!signal.aborted) {
    const holds = await claim(election, rival, signal).catch((err: unknown) => {
      if (!isConflict(err) && !isNotFound(err)) log.warn({ err: String(err) }, 'the Lease cannot be renewed');
      return undefined;
    });
    if (signal.aborted) break;
    if (holds) {
      renewedAt = clock.now();
      if (!term) {
        log.info({ identity: election.identity }, 'leads');
        term = new AbortController();
        job(AbortSignal.any([term.signal, signal]));
      }
    } else if (term && (holds === false || clock.now() - renewedAt > giveUpAfterMs)) {
      log.warn({ identity: election.identity }, 'leads no longer');
      term.abort();
      term = undefined;
    }
    failureDelayMs = holds === undefined ? Math.min(failureDelayMs * 2, retryMs) : firstRetryMs;
    await clock.sleep(holds ? renewEveryMs : holds === undefined ? failureDelayMs : retryMs, signal);
  }
  if (term) await release(election).catch(() => {});
}

/** True: the Lease is ours now. False: somebody else has it. */
async function claim(
  election: Election,
  rival: { record: string; seenAt: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { client, name, identity, clock } = election;
  const now = clock.now();
  const found = await find(client, name);
  if (signal.aborted) return false;
  if (!found) {
    const spec = { ...claimed(identity, now), acquireTime: rfc3339Micro(now), leaseTransitions: 0 };
    await client.create(leases, { metadata: { name, namespace }, spec });
    return true;
  }
  const holder = found.spec?.holderIdentity ?? '';
  if (holder !== '' && holder !== identity && !ranOut(found, rival, now)) return false;
  const taken = holder === identity ? {} : transition(found, now);
  await client.update(leases, { ...found, spec: { ...found.spec, ...claimed(identity, now), ...taken } });
  return true;
}

async function find(client: Client, name: string): Promise<Lease | undefined> {
  try {
    return await client.get(leases, name, namespace);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

const claimed = (identity: string, now: number) => ({
  holderIdentity: identity,
  leaseDurationSeconds: leaseDurationMs / 1000,
  renewTime: rfc3339Micro(now),
});

const transition = (lease: Lease, now: number) => ({
  acquireTime: rfc3339Micro(now),
  leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1,
});

/** Measured from when we saw the Lease change last: the clocks of two machines may differ. */
function ranOut(lease: Lease, rival: { record: string; seenAt: number }, now: number): boolean {
  const record = JSON.stringify(lease.spec);
  if (record !== rival.record) {
    rival.record = record;
    rival.seenAt = now;
    return false;
  }
  return now - rival.seenAt > (lease.spec?.leaseDurationSeconds ?? leaseDurationMs / 1000) * 1000;
}

async function release({ client, name, identity, clock }: Election): Promise<void> {
  const lease = await client.get(leases, name, namespace);
  if (lease.spec?.holderIdentity !== identity) return;
  const spec = { ...lease.spec, holderIdentity: '', renewTime: rfc3339Micro(clock.now()) };
  await client.update(leases, { ...lease, spec });
}
