/** How a container comes to its end: hook, signal, patience, SIGKILL. */
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerRecord } from '../../contract.ts';
import type { Grace } from '../grace.ts';
import type { Surroundings } from '../surroundings.ts';
import { messageOf } from './failure.ts';
import { runHook } from './hooks.ts';

export interface Stopping {
  pod: Pod;
  container: Container;
  record: ContainerRecord;
  /** Resolves when the runtime has told that it ended. */
  ended: Promise<void>;
  podIP: string;
  /** It may become less while we wait (`kubectl delete --grace-period`). */
  grace: Grace;
  /** The stop signal waits at least for this. */
  notBefore: Promise<void>;
}

export async function stop(stopping: Stopping, around: Surroundings): Promise<void> {
  const { record, ended, notBefore } = stopping;
  await Promise.race([Promise.all([preStop(stopping, around), notBefore]), ended]);
  await around.runtime.signal(record.id, record.stopSignal);
  await patience(stopping, around);
  if (around.signal.aborted) return;
  await around.runtime.signal(record.id, 'SIGKILL');
  await ended;
}

/** Until it has ended or the deadline is there. */
async function patience({ ended, grace }: Stopping, around: Surroundings): Promise<void> {
  const { clock, signal } = around;
  const over = new AbortController();
  void ended.then(() => over.abort());
  while (!over.signal.aborted && !signal.aborted) {
    const leftMs = grace.deadlineMs - clock.now();
    if (leftMs <= 0) return;
    await clock.sleep(leftMs, AbortSignal.any([over.signal, signal, grace.sooner]));
  }
}

async function preStop(stopping: Stopping, around: Surroundings): Promise<void> {
  const { pod, container, record, podIP, ended, grace } = stopping;
  const hook = container.lifecycle?.preStop;
  const leftMs = grace.deadlineMs - around.clock.now();
  if (!hook || leftMs <= 0 || record.state !== 'running') return;
  const over = new AbortController();
  void ended.then(() => over.abort());
  try {
    const { runtime, clock } = around;
    const target = { runtime, clock, container, id: record.id, podIP };
    await runHook(hook, { ...target, signal: AbortSignal.any([over.signal, grace.sooner]) }, leftMs);
  } catch (err) {
    around.event(
      pod,
      'Warning',
      'FailedPreStopHook',
      `PreStopHook failed: ${messageOf(err)}`,
      container.name,
    );
  }
}
