/**
 * How many replicas one metric asks for.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
import type { PodMetrics } from '../../api/metrics/usage.ts';
import { formatQuantity, milliOf } from '../../api/quantity.ts';
import type { HorizontalPodAutoscaler, Pod } from '../../api/types.ts';
import { isActive, isReady } from '../pods.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
export type Metric = NonNullable<Spec['metrics']>[number];
type Current = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

export interface Measured {
  replicas: number;
  current: Current;
}

/** Why nothing can be said; becomes a condition. */
export class CannotMeasure extends Error {}

/** A ratio this near to 1 changes nothing. */
const tolerance = 0.1;

interface Sample {
  ready: boolean;
  /** Thousandths; undefined when nothing is known. */
  usage?: number;
  /** What the pod requests, thousandths. */
  request: number;
}

export function measure(
  metric: Metric,
  pods: readonly Pod[],
  usages: ReadonlyMap<string, PodMetrics>,
  replicas: number,
): Measured {
  const source = metric.resource ?? metric.containerResource;
  if (!source) throw new CannotMeasure(`metrics of type ${metric.type} are not served here`);
  const container = metric.containerResource?.container;
  const samples = pods.filter(isActive).map((pod) => sampleOf(pod, usages, source.name, container));
  const known = samples.filter(({ usage, ready }) => usage !== undefined && ready);
  if (known.length === 0)
    throw new CannotMeasure(`no metrics returned from resource metrics API for ${source.name}`);
  const { averageUtilization, averageValue } = source.target;
  const used = total(known, 'usage');
  const average = Math.round(used / known.length);
  const shown = formatQuantity({
    milli: BigInt(average),
    form: source.name === 'memory' ? 'binary' : 'decimal',
  });
  if (averageUtilization === undefined) {
    const target = Number(milliOf(averageValue ?? '0'));
    return {
      replicas: wanted(samples, () => target, replicas),
      current: told(metric, { averageValue: shown }),
    };
  }
  if (samples.some(({ request }) => request === 0))
    throw new CannotMeasure(`missing request for ${source.name}`);
  const utilization = Math.round((100 * used) / total(known, 'request'));
  return {
    replicas: wanted(samples, ({ request }) => (request * averageUtilization) / 100, replicas),
    current: told(metric, { averageUtilization: utilization, averageValue: shown }),
  };
}

/** Pods of which nothing is known are taken for such that change least. */
function wanted(samples: readonly Sample[], targetOf: (sample: Sample) => number, replicas: number): number {
  const known = samples.filter(({ usage, ready }) => usage !== undefined && ready);
  const ratioOf = (all: readonly Sample[], usageOf: (sample: Sample) => number) =>
    all.reduce((sum, s) => sum + usageOf(s), 0) / all.reduce((sum, s) => sum + targetOf(s), 0);
  const ratio = ratioOf(known, ({ usage = 0 }) => usage);
  if (Math.abs(ratio - 1) <= tolerance) return replicas;
  const counted = ratio > 1 ? samples : samples.filter(({ ready }) => ready);
  const careful = ratioOf(counted, (sample) => {
    if (sample.usage !== undefined && sample.ready) return sample.usage;
    return ratio > 1 ? 0 : targetOf(sample);
  });
  if (Math.abs(careful - 1) <= tolerance || careful > 1 !== ratio > 1) return replicas;
  const next = Math.ceil(careful * counted.length);
  return ratio > 1 ? Math.max(replicas, next) : Math.min(replicas, next);
}

function sampleOf(
  pod: Pod,
  usages: ReadonlyMap<string, PodMetrics>,
  name: string,
  container: string | undefined,
): Sample {
  const isMeant = (c: { name: string }) => container === undefined || c.name === container;
  const measured = usages.get(pod.metadata.name)?.containers?.filter(isMeant);
  const milli = (text: string | undefined) => Number(milliOf(text ?? '0'));
  const usage = measured?.reduce(
    (sum, c) => sum + milli(name === 'cpu' || name === 'memory' ? c.usage[name] : '0'),
    0,
  );
  const requests = (pod.spec?.containers ?? [])
    .filter(isMeant)
    .map((c) => milli(c.resources?.requests?.[name]));
  return {
    ready: isReady(pod),
    ...(usage !== undefined && measured?.length && { usage }),
    request: requests.includes(0) ? 0 : requests.reduce((a, b) => a + b, 0),
  };
}

const total = (samples: readonly Sample[], of: 'usage' | 'request'): number =>
  samples.reduce((sum, sample) => sum + (sample[of] ?? 0), 0);

function told({ type, resource, containerResource }: Metric, current: object): Current {
  if (resource) return { type, resource: { name: resource.name, current } };
  const { name = '', container = '' } = containerResource ?? {};
  return { type, containerResource: { name, container, current } };
}
