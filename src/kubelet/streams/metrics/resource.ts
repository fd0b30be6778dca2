/** `/metrics/resource`, as metrics-server reads it. https://kubernetes.io/docs/reference/instrumentation/metrics/ */
import { exposition, type Family } from '../../../lib/metrics/exposition.ts';
import { type Measured, type Measurement, sum } from './measure.ts';

const seconds = (nanoseconds: number) => nanoseconds / 1e9;

export function resourceMetrics({ node, pods }: Measurement): string {
  const running = pods.filter(({ containers }) => containers.length > 0);
  const ofContainers = (value: (one: Measured) => number): Family['samples'] =>
    running.flatMap(({ containers }) =>
      containers.map((one) => ({
        labels: { container: one.record.name, namespace: one.record.podNamespace, pod: one.record.podName },
        value: value(one),
        atMs: one.atMs,
      })),
    );
  const ofPods = (
    of: 'cpuNanoseconds' | 'memoryBytes',
    scale = (value: number) => value,
  ): Family['samples'] =>
    running.map(({ pod, containers }) => ({
      labels: { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name },
      value: scale(sum(containers, of)),
      atMs: Math.max(...containers.map(({ atMs }) => atMs)),
    }));
  return exposition([
    {
      name: 'node_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the node in core-seconds',
      type: 'counter',
      samples: node ? [{ value: seconds(node.cpuNanoseconds), atMs: node.atMs }] : [],
    },
    {
      name: 'node_memory_working_set_bytes',
      help: '[STABLE] Current working set of the node in bytes',
      type: 'gauge',
      samples: node ? [{ value: node.memoryBytes, atMs: node.atMs }] : [],
    },
    {
      name: 'container_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the container in core-seconds',
      type: 'counter',
      samples: ofContainers(({ cpuNanoseconds }) => seconds(cpuNanoseconds)),
    },
    {
      name: 'container_memory_working_set_bytes',
      help: '[STABLE] Current working set of the container in bytes',
      type: 'gauge',
      samples: ofContainers(({ memoryBytes }) => memoryBytes),
    },
    {
      name: 'container_start_time_seconds',
      help: '[STABLE] Start time of the container since unix epoch in seconds',
      type: 'gauge',
      samples: ofContainers(({ record }) => (record.startedAtMs ?? record.createdAtMs) / 1000),
    },
    {
      name: 'pod_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the pod in core-seconds',
      type: 'counter',
      samples: ofPods('cpuNanoseconds', seconds),
    },
    {
      name: 'pod_memory_working_set_bytes',
      help: '[STABLE] Current working set of the pod in bytes',
      type: 'gauge',
      samples: ofPods('memoryBytes'),
    },
    {
      name: 'resource_scrape_error',
      help: '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise',
      type: 'gauge',
      samples: [{ value: 0 }],
    },
  ]);
}
