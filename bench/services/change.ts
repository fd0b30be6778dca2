/** One endpoint after the other is replaced: how long each takes from the write to the kernel, and what it costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Notices } from './notices.ts';
import type { Subject } from './subject.ts';

export interface Changed {
  /** Of each change, from the sending of the write until the kernel has the rule. */
  latenciesMs: number[];
  /** Processor time of the proxy for each change, on the average. */
  processorMs: number;
}

/** So far apart that each is a change of its own. */
const restMs = 10;

export async function changeMany(
  cluster: Cluster,
  subject: Subject,
  notices: Notices,
  count: number,
): Promise<Changed> {
  const latenciesMs: number[] = [];
  const beforeMs = subject.processorMs();
  for (let n = 0; n < count; n++) {
    await sleep(restMs * (0.5 + Math.random()));
    const sentMs = Number(process.hrtime.bigint()) / 1e6;
    const { address, done } = cluster.replaceOne();
    const [thereMs] = await Promise.all([notices.named(address), done]);
    latenciesMs.push(thereMs - sentMs);
  }
  return { latenciesMs, processorMs: (subject.processorMs() - beforeMs) / count };
}
