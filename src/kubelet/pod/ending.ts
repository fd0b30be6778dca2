/** How a pod comes to its end: its containers, then what they shared, then its object in the API. */
import { isConflict, isNotFound } from '../../api/errors.ts';
import { pods } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRecord } from '../contract.ts';
import type { PodContainers } from './containers.ts';
import type { Grace } from './grace.ts';
import { untilLeft } from './leaving.ts';
import { sidecarNames } from './plan.ts';
import type { PodSandbox } from './sandbox/podSandbox.ts';
import type { Stopper } from './stopper.ts';
import type { Surroundings } from './surroundings.ts';
import { visitorsOf } from './visitors.ts';

const log = logger('kubelet');
const retryMs = 1_000;

interface Parts {
  pod: () => Pod;
  containers: PodContainers;
  sandbox: PodSandbox;
  stopper: Stopper;
  /** Resolves when no single container is being started or stopped any more. */
  settled: () => Promise<void>;
  /** All has ended: tells the API, and resolves when it knows. */
  tellEnded: () => Promise<void>;
  /** Whether the object is gone from the API. */
  isGone: () => boolean;
}

/**
 * Resolves with whether the object is known to be gone; where it is not, its watch will tell. Whatever goes
 * wrong, a pod that has to end is not given up.
 */
export async function end(parts: Parts, grace: Grace, around: Surroundings): Promise<boolean> {
  const { clock, signal } = around;
  const pod = parts.pod();
  const wasReady = pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
  const left = wasReady ? leave(parts, grace, around) : Promise.resolve();
  while (!signal.aborted) {
    try {
      await endContainers(parts, grace, left, around);
      if (signal.aborted) break;
      await parts.sandbox.release();
      await parts.tellEnded();
      return await removeObject(parts, around);
    } catch (err) {
      log.error({ pod: pod.metadata.name, err }, 'a pod could not be ended, will try again');
      await clock.sleep(retryMs, signal);
    }
  }
  return false;
}

/** Resolves when nobody is sent to the pod any more, or it has no time left for that. */
function leave({ pod, containers }: Parts, grace: Grace, around: Surroundings): Promise<void> {
  const { clock, signal, beforeStop, leaveMs } = around;
  const [first] = containers.running();
  // What comes to the node's own network may be for anybody.
  const pid = pod().spec?.hostNetwork ? undefined : first?.pid;
  const leaving = {
    dropped: beforeStop(pod()),
    visitors: () => (pid === undefined ? undefined : visitorsOf(pid)),
    quietMs: leaveMs.quiet,
    longestMs: Math.min(leaveMs.longest, (grace.deadlineMs - clock.now()) / 2),
  };
  return untilLeft(leaving, clock, AbortSignal.any([signal, grace.sooner]));
}

async function endContainers(
  { pod, containers, sandbox, stopper, settled }: Parts,
  grace: Grace,
  left: Promise<void>,
  { event }: Surroundings,
): Promise<void> {
  await settled();
  await sandbox.settled();
  const sidecars = sidecarNames(pod());
  const running = containers.running();
  const stop = (record: ContainerRecord) => {
    event(pod(), 'Normal', 'Killing', `Stopping container ${record.name}`, record.name);
    return stopper.stop(record, grace, left);
  };
  await Promise.all(running.filter((r) => !sidecars.has(r.name)).map(stop));
  for (const record of running.filter((r) => sidecars.has(r.name)).reverse()) await stop(record);
}

async function removeObject(
  { pod, isGone }: Parts,
  { client, clock, signal }: Surroundings,
): Promise<boolean> {
  const { name, namespace = '', uid = '' } = pod().metadata;
  while (!isGone() && !signal.aborted) {
    try {
      await client.delete(pods, { name, namespace }, { gracePeriodSeconds: 0, preconditions: { uid } });
      break;
    } catch (err) {
      if (isNotFound(err) || isConflict(err)) return true;
      await clock.sleep(retryMs, signal);
    }
  }
  return isGone();
}
