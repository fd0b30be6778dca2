/**
 * The older form knows one number, the percentage of processor time; what else v2 says stands in
 * annotations, so that nothing is lost on the way there and back.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v1/
 */
import type * as k8s from '@kubernetes/client-node';
import type { HorizontalPodAutoscaler, KubeObject, Wire } from '../../types.ts';
import { cpuAt } from '../horizontalpodautoscaler/defaults.ts';

export type HorizontalPodAutoscalerV1 = Omit<Wire<k8s.V1HorizontalPodAutoscaler>, 'metadata'> & KubeObject;

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Metric = NonNullable<Spec['metrics']>[number];

const annotation = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
} as const;

const isCpuPercentage = ({ resource }: Metric): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

export function toServed({ metadata, spec, status }: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...rest } = spec ?? ({} as Spec);
  const { currentMetrics = [], conditions, ...counts } = status ?? ({} as Status);
  const cpu = metrics.find(isCpuPercentage)?.resource?.target.averageUtilization;
  const currentCpu = currentMetrics.find(({ resource }) => resource?.name === 'cpu');
  const current = currentCpu?.resource?.current.averageUtilization;
  const others = metrics.filter((metric) => !isCpuPercentage(metric));
  const told = {
    ...metadata.annotations,
    ...written(annotation.metrics, others),
    ...written(annotation.behavior, behavior),
    ...written(
      annotation.currentMetrics,
      currentMetrics.filter((metric) => metric !== currentCpu),
    ),
    ...written(annotation.conditions, conditions),
  };
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, ...(Object.keys(told).length > 0 && { annotations: told }) },
    spec: { ...rest, ...(cpu !== undefined && { targetCPUUtilizationPercentage: cpu }) },
    status: {
      ...counts,
      currentReplicas: counts.currentReplicas ?? 0,
      ...(current !== undefined && { currentCPUUtilizationPercentage: current }),
    },
  };
}

export function toStored({ metadata, spec, status }: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { annotations = {}, ...meta } = metadata;
  const { targetCPUUtilizationPercentage: cpu, ...rest } = spec ?? ({} as NonNullable<typeof spec>);
  const { currentCPUUtilizationPercentage: current, ...counts } =
    status ?? ({} as NonNullable<typeof status>);
  const ours = new Set<string>(Object.values(annotation));
  const own = Object.fromEntries(Object.entries(annotations).filter(([key]) => !ours.has(key)));
  const others = read<Metric[]>(annotations[annotation.metrics]) ?? [];
  const metrics = [...(cpu === undefined ? [] : [cpuAt(cpu)]), ...others];
  const behavior = read<Spec['behavior']>(annotations[annotation.behavior]);
  const conditions = read<Status['conditions']>(annotations[annotation.conditions]);
  const measured = read<Status['currentMetrics']>(annotations[annotation.currentMetrics]) ?? [];
  const currentCpu = { name: 'cpu', current: { averageUtilization: current ?? 0 } };
  const currentMetrics = [
    ...(current === undefined ? [] : [{ type: 'Resource', resource: currentCpu }]),
    ...measured,
  ];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...meta, ...(Object.keys(own).length > 0 && { annotations: own }) },
    spec: { ...rest, metrics: metrics.length > 0 ? metrics : [cpuAt(80)], ...(behavior && { behavior }) },
    status: {
      ...counts,
      ...(currentMetrics.length > 0 && { currentMetrics }),
      ...(conditions && { conditions }),
    },
  };
}

const written = (name: string, value: unknown): Record<string, string> =>
  value === undefined || (Array.isArray(value) && value.length === 0)
    ? {}
    : { [name]: JSON.stringify(value) };

/** Whatever somebody else wrote there that is no JSON says nothing. */
function read<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
