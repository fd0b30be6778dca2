/** Pods that the API forgot while no agent was there. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '../lib/log.ts';
import type { ContainerRecord } from './contract.ts';
import { erase } from './pod/sandbox/sandbox.ts';
import type { Surroundings } from './pod/surroundings.ts';

const log = logger('kubelet');

/** Their own grace period is not known any more. */
const graceMs = 5_000;
const lookMs = 50;

export async function takeAwayOrphan(
  uid: string,
  records: readonly ContainerRecord[],
  logs: string,
  around: Surroundings,
): Promise<void> {
  log.info({ uid }, 'a pod that was deleted meanwhile is taken away');
  try {
    for (const { id, stopSignal, state } of records)
      if (state === 'running') await around.runtime.signal(id, stopSignal);
    await ended(new Set(records.map(({ id }) => id)), around);
    const named = existsSync(logs) ? readdirSync(logs).find((name) => name.endsWith(`_${uid}`)) : undefined;
    await erase(uid, named === undefined ? '' : join(logs, named), around);
  } catch (err) {
    log.warn({ uid, err: String(err) }, 'a pod could not be taken away');
  }
}

async function ended(ids: ReadonlySet<string>, { runtime, clock, signal }: Surroundings): Promise<void> {
  const untilMs = clock.now() + graceMs;
  while (clock.now() < untilMs && !signal.aborted) {
    const running = (await runtime.list()).some((r) => ids.has(r.id) && r.state === 'running');
    if (!running) return;
    await clock.sleep(lookMs, signal);
  }
}
