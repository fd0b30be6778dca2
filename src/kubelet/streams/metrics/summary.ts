/** `/stats/summary`. https://kubernetes.io/docs/reference/instrumentation/node-metrics/#summary-api-source */
import { rfc3339 } from '../../../lib/clock.ts';
import { type Measured, type MeasuredPod, sum } from './measure.ts';

export function summaryOf(nodeName: string, startedAtMs: number, pods: readonly MeasuredPod[]) {
  return {
    node: { nodeName, startTime: rfc3339(startedAtMs) },
    pods: pods.map(({ pod, containers }) => ({
      podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      startTime: pod.status?.startTime,
      containers: containers.map((one) => ({
        name: one.record.name,
        startTime: rfc3339(one.record.startedAtMs ?? one.record.createdAtMs),
        ...usage([one], one.atMs),
      })),
      ...(containers.length > 0 && usage(containers, Math.max(...containers.map(({ atMs }) => atMs)))),
    })),
  };
}

function usage(containers: readonly Measured[], atMs: number) {
  const time = rfc3339(atMs);
  return {
    cpu: { time, usageCoreNanoSeconds: sum(containers, 'cpuNanoseconds') },
    memory: { time, workingSetBytes: sum(containers, 'memoryBytes') },
  };
}
