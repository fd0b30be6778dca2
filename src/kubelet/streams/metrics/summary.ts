/** `/stats/summary`. https://kubernetes.io/docs/reference/instrumentation/node-metrics/#summary-api-source */
import { rfc3339 } from '../../../lib/clock.ts';
import type { Counted, Measured } from './measure.ts';
import { sum } from './measure.ts';
import type { Rate, Rated } from './rates.ts';

export function summaryOf(nodeName: string, startedAtMs: number, { measured, node, containers }: Rated) {
  return {
    node: {
      nodeName,
      startTime: rfc3339(startedAtMs),
      ...(measured.node && usage(measured.node, node)),
    },
    pods: measured.pods.map(({ pod, containers: own }) => ({
      podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      startTime: pod.status?.startTime,
      containers: own.map((one) => ({
        name: one.record.name,
        startTime: rfc3339(one.record.startedAtMs ?? one.record.createdAtMs),
        ...usage(one, containers.get(one.record.id)),
      })),
      ...(own.length > 0 && usage(together(own), rateOfAll(own, containers))),
    })),
  };
}

/** `windowSeconds` is not in Kubernetes' form: it says over which time `usageNanoCores` was counted. */
function usage({ atMs, cpuNanoseconds, memoryBytes }: Counted, rate: Rate | undefined) {
  const time = rfc3339(atMs);
  return {
    cpu: {
      time,
      ...(rate && { usageNanoCores: rate.nanoCores, windowSeconds: rate.windowSeconds }),
      usageCoreNanoSeconds: cpuNanoseconds,
    },
    memory: { time, workingSetBytes: memoryBytes },
  };
}

const together = (own: readonly Measured[]): Counted => ({
  atMs: Math.max(...own.map(({ atMs }) => atMs)),
  cpuNanoseconds: sum(own, 'cpuNanoseconds'),
  memoryBytes: sum(own, 'memoryBytes'),
});

function rateOfAll(own: readonly Measured[], rates: ReadonlyMap<string, Rate>): Rate | undefined {
  const known = own.map(({ record }) => rates.get(record.id)).filter((rate) => rate !== undefined);
  if (known.length === 0) return undefined;
  return {
    nanoCores: known.reduce((total, { nanoCores }) => total + nanoCores, 0),
    windowSeconds: Math.max(...known.map(({ windowSeconds }) => windowSeconds)),
  };
}
