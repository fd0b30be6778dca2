/** What the node and its running containers have used up to now, each container with its pod. */
import type { Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { ContainerRecord, ContainerRuntime, Used } from '../../contract.ts';
import type { PodDirectory } from '../podDirectory.ts';

export interface Counted extends Used {
  atMs: number;
}

export interface Measured extends Counted {
  record: ContainerRecord;
}

export interface MeasuredPod {
  pod: Pod;
  containers: Measured[];
}

export interface Measurement {
  /** Absent where the kernel counts nothing for us. */
  node?: Counted;
  pods: MeasuredPod[];
}

export interface MeasureDeps {
  pods: PodDirectory;
  runtime: Pick<ContainerRuntime, 'stats' | 'nodeStats'>;
  clock: Clock;
}

export async function measure({ pods, runtime, clock }: MeasureDeps): Promise<Measurement> {
  const ofContainer = async (record: ContainerRecord): Promise<Measured | undefined> => {
    const used = await runtime.stats(record.id);
    return used && { record, atMs: clock.now(), ...used };
  };
  const node = await runtime.nodeStats();
  const measured = await Promise.all(
    pods.pods().map(async (pod) => {
      const records = pods.containers(pod.metadata.namespace ?? '', pod.metadata.name);
      const running = await Promise.all(records.filter(({ state }) => state === 'running').map(ofContainer));
      return { pod, containers: running.filter((one) => one !== undefined) };
    }),
  );
  return { ...(node && { node: { atMs: clock.now(), ...node } }), pods: measured };
}

/** Of all containers together. */
export const sum = (containers: readonly Measured[], of: 'cpuNanoseconds' | 'memoryBytes'): number =>
  containers.reduce((total, one) => total + one[of], 0);
