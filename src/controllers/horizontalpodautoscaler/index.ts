/**
 * Scales workloads by what their pods use. Metrics cannot be watched: they are asked for every 15 s, and
 * only while there is an autoscaler.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
import { podMetrics } from '../../api/metrics/podmetrics/kind.ts';
import {
  deployments,
  horizontalPodAutoscalers,
  pods,
  type Resource,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../../api/resource.ts';
import type { HorizontalPodAutoscaler, KubeObject, LabelSelector, Pod } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { withCondition } from '../conditions.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { type Decision, decide, type Memory } from './desired.ts';
import { CannotMeasure, type Measured, measure } from './measure.ts';

type Status = NonNullable<HorizontalPodAutoscaler['status']>;

const periodMs = 15_000;

interface Scaled extends KubeObject {
  spec?: { replicas?: number; selector?: LabelSelector | Record<string, string> };
}

const scalable: readonly Resource<Scaled>[] = [
  deployments,
  replicaSets,
  statefulSets,
  replicationControllers as Resource<Scaled>,
];

interface World {
  pods: Informer<Pod>;
  targets: ReadonlyMap<string, Informer<Scaled>>;
  memories: Map<string, Memory>;
}

export const horizontalPodAutoscaler: Controller = {
  name: 'horizontal-pod-autoscaler',
  concurrency: 2,
  restMs: 1_000,
  start(context) {
    const known = context.watch(horizontalPodAutoscalers, (now, before) =>
      now?.metadata.generation === before?.metadata.generation ? [] : itself(now, before),
    );
    const world: World = {
      pods: context.look(pods),
      targets: new Map(scalable.map((resource) => [resource.kind, context.look(resource)])),
      memories: new Map(),
    };
    return async (key) => {
      const hpa = known.get(key);
      if (!hpa) return void world.memories.delete(key);
      await sync(context, hpa, world);
      context.again(key, periodMs);
    };
  },
};

async function sync(context: Context, hpa: HorizontalPodAutoscaler, world: World): Promise<void> {
  const { client, clock, events } = context;
  const { spec, metadata } = hpa;
  if (!spec) return;
  const resource = scalable.find(({ kind }) => kind === spec.scaleTargetRef.kind);
  const target = world.targets
    .get(spec.scaleTargetRef.kind)
    ?.get(`${metadata.namespace}/${spec.scaleTargetRef.name}`);
  const fail = (type: string, reason: string, message: string) => {
    events.event(horizontalPodAutoscalers, hpa, 'Warning', reason, message);
    return writeStatus(context, hpa, { conditions: [{ type, status: 'False', reason, message }] });
  };
  if (!resource || !target) {
    const { kind, name } = spec.scaleTargetRef;
    const message = `the HPA controller was unable to get the target's current scale: ${kind} "${name}" not found`;
    return fail('AbleToScale', 'FailedGetScale', message);
  }
  const current = target.spec?.replicas ?? 1;
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return fail('ScalingActive', 'ScalingDisabled', message);
  }
  let measured: Measured[];
  try {
    measured = await measureAll(context, hpa, target, world, current);
  } catch (err) {
    if (!(err instanceof CannotMeasure)) throw err;
    return fail('ScalingActive', 'FailedGetResourceMetric', err.message);
  }
  const asked = Math.max(...measured.map(({ replicas }) => replicas));
  const memory = world.memories.get(keyOf(hpa)) ?? { asked: [], changes: [] };
  world.memories.set(keyOf(hpa), memory);
  const now = clock.now();
  const decision = decide(spec, memory, current, asked, now);
  if (decision.replicas !== current) {
    const { name, namespace = '' } = target.metadata;
    const scale = { spec: { replicas: decision.replicas } };
    await client.patch(resource, { name, namespace }, scale, { subresource: 'scale' });
    memory.changes.push({ at: now, by: decision.replicas - current });
    const why = decision.replicas > current ? 'above' : 'below';
    const message = `New size: ${decision.replicas}; reason: resource utilization ${why} target`;
    events.event(horizontalPodAutoscalers, hpa, 'Normal', 'SuccessfulRescale', message);
  }
  await writeStatus(context, hpa, {
    currentReplicas: current,
    desiredReplicas: decision.replicas,
    currentMetrics: measured.map((m) => m.current),
    ...(decision.replicas !== current && { lastScaleTime: rfc3339(now) }),
    conditions: conditionsOf(decision, current),
  });
}

async function measureAll(
  { client }: Context,
  { metadata, spec }: HorizontalPodAutoscaler,
  target: Scaled,
  world: World,
  current: number,
): Promise<Measured[]> {
  const { namespace = '' } = metadata;
  const selector = selectorOf(target);
  const own = world.pods.by('namespace', namespace).filter((pod) => selects(selector, pod.metadata.labels));
  const { items } = await client.list(podMetrics.resource, { namespace });
  const usages = new Map(items.map((item) => [item.metadata.name, item]));
  return (spec?.metrics ?? []).map((metric) => measure(metric, own, usages, current));
}

/** A ReplicationController's selector is a plain map. */
function selectorOf({ spec }: Scaled): LabelSelector {
  const selector = spec?.selector ?? {};
  const isPlain = Object.values(selector).some((value) => typeof value === 'string');
  return isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector);
}

type Condition = NonNullable<Status['conditions']>[number];

const conditionsOf = ({ replicas, limited }: Decision, current: number): Condition[] => [
  {
    type: 'AbleToScale',
    status: 'True',
    reason: replicas === current ? 'ReadyForNewScale' : 'SucceededRescale',
    message:
      replicas === current
        ? 'recommended size matches current size'
        : `the HPA controller was able to update the target scale to ${replicas}`,
  },
  {
    type: 'ScalingActive',
    status: 'True',
    reason: 'ValidMetricFound',
    message: 'the HPA was able to successfully calculate a replica count from resource metrics',
  },
  limited
    ? { type: 'ScalingLimited', status: 'True', ...limited }
    : {
        type: 'ScalingLimited',
        status: 'False',
        reason: 'DesiredWithinRange',
        message: 'the desired count is within the acceptable range',
      },
];

async function writeStatus(
  { client, clock }: Context,
  hpa: HorizontalPodAutoscaler,
  next: Partial<Status>,
): Promise<void> {
  let conditions = hpa.status?.conditions ?? [];
  for (const condition of next.conditions ?? [])
    conditions = withCondition(conditions, condition, clock.now());
  const observedGeneration = hpa.metadata.generation ?? 0;
  const status = { desiredReplicas: 0, ...hpa.status, ...next, observedGeneration, conditions };
  if (isSameStatus(status, hpa.status)) return;
  const { name, namespace = '' } = hpa.metadata;
  await client.patch(horizontalPodAutoscalers, { name, namespace }, { status }, { subresource: 'status' });
}
