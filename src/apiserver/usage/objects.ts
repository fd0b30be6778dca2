/** From what the kubelets count to objects of `metrics.k8s.io`. */
import type { NodeMetrics, PodMetrics, Usage } from '../../api/metrics/usage.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { NodeUsage, Stats } from './contract.ts';

interface Counted {
  time: string;
  windowSeconds: number;
  usage: Usage;
}

/** Undefined as long as one of both is not known. */
function counted({ cpu, memory }: Stats): Counted | undefined {
  if (cpu?.usageNanoCores === undefined || memory?.workingSetBytes === undefined) return undefined;
  return {
    time: cpu.time,
    windowSeconds: cpu.windowSeconds ?? 0,
    usage: { cpu: `${cpu.usageNanoCores}n`, memory: `${Math.ceil(memory.workingSetBytes / 1024)}Ki` },
  };
}

export function nodeMetricsOf({ metadata }: Node, { node }: NodeUsage): NodeMetrics | undefined {
  const all = counted(node);
  return (
    all && {
      kind: 'NodeMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: ownMetadata(metadata, all.time),
      timestamp: all.time,
      window: `${all.windowSeconds}s`,
      usage: all.usage,
    }
  );
}

/** Nothing for a pod of which nothing runs. */
export function podMetricsOf({ metadata }: Pod, { pods }: NodeUsage): PodMetrics | undefined {
  const { uid } = metadata;
  const found = pods.find(({ podRef }) => podRef.uid === uid)?.containers ?? [];
  const containers = found.flatMap((container) => {
    const all = counted(container);
    return all ? [{ name: container.name, ...all }] : [];
  });
  const [first] = containers;
  if (!first) return undefined;
  const windowSeconds = Math.max(...containers.map((container) => container.windowSeconds));
  return {
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: ownMetadata(metadata, first.time),
    timestamp: first.time,
    window: `${windowSeconds}s`,
    containers: containers.map(({ name, usage }) => ({ name, usage })),
  };
}

/** Of something that is made in the moment when it is asked for. */
const ownMetadata = ({ name, namespace, labels }: Pod['metadata'], time: string): Pod['metadata'] => ({
  name,
  ...(namespace && { namespace }),
  ...(labels && { labels }),
  creationTimestamp: time,
});
