/** Disruptions one after the other, under a load that goes on, and what it met in each. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster.ts';
import type { Disruption } from './disruptions.ts';
import { startLoad, type Tally } from './load.ts';
import { timelineOf } from './timeline.ts';
import { loadWorld } from './world.ts';

export interface Result extends Tally {
  name: string;
  seconds: number;
  /** How many failures there were of each kind; then the first of each, and what happened around it. */
  explained: string[];
}

/** Begins with some seconds in which nothing happens. */
export interface Run {
  next(disruption: Disruption): Promise<Result>;
  stop(): Promise<void>;
}

/** What is under way when a disruption is over still belongs to it. */
const settleMs = 1_500;

export const nothing: Disruption = { name: 'nothing', make: () => sleep(2_000) };

export async function startRun(cluster: TestCluster, replicas: number, perSecond: number): Promise<Run> {
  const paths = await loadWorld(cluster, replicas);
  const timeline = timelineOf(cluster.kubeconfig);
  const load = startLoad(paths, perSecond);
  return {
    async next({ name, make }) {
      const startMs = performance.now();
      await make(cluster, (step) => timeline.note(`* ${step}`));
      await sleep(settleMs);
      const tally = await load.take();
      const seconds = (performance.now() - startMs) / 1_000;
      const counts = [...tally.kinds].map(([what, count]) => `${count} × ${what}`);
      const explained = [...counts, ...tally.failed.map((failure) => timeline.explain(failure))];
      return { ...tally, name, seconds, explained };
    },
    async stop() {
      await load.stop();
      timeline.close();
    },
  };
}
