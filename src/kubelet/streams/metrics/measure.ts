/** What the running containers of the node use, each with its pod. */
import type { Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { ContainerRecord, ContainerRuntime } from '../../contract.ts';
import type { PodDirectory } from '../contract.ts';

export interface Measured {
  record: ContainerRecord;
  atMs: number;
  cpuNanoseconds: number;
  /** Of the working set. */
  memoryBytes: number;
}

export interface MeasuredPod {
  pod: Pod;
  containers: Measured[];
}

export async function measureContainers({
  pods,
  runtime,
  clock,
}: {
  pods: PodDirectory;
  runtime: Pick<ContainerRuntime, 'stats'>;
  clock: Clock;
}): Promise<MeasuredPod[]> {
  const measure = async (record: ContainerRecord): Promise<Measured | undefined> => {
    const stats = await runtime.stats(record.id);
    return stats && { record, atMs: clock.now(), ...stats };
  };
  return Promise.all(
    pods.pods().map(async (pod) => {
      const records = pods.containers(pod.metadata.namespace ?? '', pod.metadata.name);
      const measured = await Promise.all(records.filter(({ state }) => state === 'running').map(measure));
      return { pod, containers: measured.filter((one) => one !== undefined) };
    }),
  );
}

/** Of all containers together. */
export const sum = (containers: readonly Measured[], of: 'cpuNanoseconds' | 'memoryBytes'): number =>
  containers.reduce((total, one) => total + one[of], 0);
