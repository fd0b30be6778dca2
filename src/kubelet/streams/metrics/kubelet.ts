/** `/metrics`: the kubelet about itself, by the names that dashboards know. */

import { exposition } from '../../../lib/metrics/exposition.ts';
import type { ContainerRecord } from '../../contract.ts';
import type { PodDirectory } from '../podDirectory.ts';

const states = ['created', 'running', 'exited'] as const satisfies ContainerRecord['state'][];

export function kubeletMetrics(pods: PodDirectory, startedAtMs: number): string {
  const records = pods.pods().map(({ metadata }) => pods.containers(metadata.namespace ?? '', metadata.name));
  const all = records.flat();
  return exposition([
    {
      name: 'kubelet_running_pods',
      help: 'Number of pods that have a running container',
      type: 'gauge',
      samples: [{ value: records.filter((own) => own.some(({ state }) => state === 'running')).length }],
    },
    {
      name: 'kubelet_running_containers',
      help: 'Number of containers, by their state',
      type: 'gauge',
      samples: states.map((state) => ({
        labels: { container_state: state },
        value: all.filter((record) => record.state === state).length,
      })),
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start time of the kubelet since unix epoch in seconds',
      type: 'gauge',
      samples: [{ value: startedAtMs / 1000 }],
    },
  ]);
}
