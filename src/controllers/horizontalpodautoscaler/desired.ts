/**
 * How far an autoscaler goes now, of what its metrics ask for.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
import type { HorizontalPodAutoscaler } from '../../api/types.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

/** What is remembered of one autoscaler; a new leader begins anew. */
export interface Memory {
  /** What the metrics asked for. */
  asked: { at: number; replicas: number }[];
  /** How many pods came (or, negative, went). */
  changes: { at: number; by: number }[];
}

const defaultUp: Rules = {
  stabilizationWindowSeconds: 0,
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const defaultDown: Rules = {
  stabilizationWindowSeconds: 300,
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** No rule looks back further. */
const longestMs = 3_600_000;

export interface Decision {
  replicas: number;
  /** Why it is not what the metrics ask for. */
  limited?: { reason: string; message: string };
}

/** `asked` is remembered. */
export function decide(spec: Spec, memory: Memory, current: number, asked: number, now: number): Decision {
  memory.asked.push({ at: now, replicas: asked });
  memory.asked = memory.asked.filter(({ at }) => now - at <= longestMs);
  memory.changes = memory.changes.filter(({ at }) => now - at <= longestMs);
  const up = { ...defaultUp, ...spec.behavior?.scaleUp };
  const down = { ...defaultDown, ...spec.behavior?.scaleDown };
  const stable = stabilized(memory, current, up, down, now);
  const bounded = Math.min(spec.maxReplicas, Math.max(spec.minReplicas ?? 1, stable));
  const replicas = paced(bounded, memory, current, bounded > current ? up : down, now);
  if (replicas !== bounded) {
    const [reason, word] =
      bounded > current ? ['ScaleUpLimit', 'increasing'] : ['ScaleDownLimit', 'decreasing'];
    const message = `the desired replica count is ${word} faster than the maximum scale rate`;
    return { replicas, limited: { reason, message } };
  }
  if (bounded === stable) return { replicas };
  const [reason, which] =
    stable > bounded
      ? ['TooManyReplicas', 'more than the maximum']
      : ['TooFewReplicas', 'less than the minimum'];
  return { replicas, limited: { reason, message: `the desired replica count is ${which} replica count` } };
}

/** Down only as far as was asked for all the time, and up likewise. */
function stabilized({ asked }: Memory, current: number, up: Rules, down: Rules, now: number): number {
  const within = ({ stabilizationWindowSeconds = 0 }: Rules) =>
    asked.filter(({ at }) => now - at <= stabilizationWindowSeconds * 1000).map(({ replicas }) => replicas);
  const least = Math.min(...within(up));
  const most = Math.max(...within(down));
  return Math.min(Math.max(current, least), most);
}

function paced(wanted: number, { changes }: Memory, current: number, rules: Rules, now: number): number {
  if (wanted === current) return wanted;
  const { policies = [], selectPolicy = 'Max' } = rules;
  if (selectPolicy === 'Disabled') return current;
  const sign = wanted > current ? 1 : -1;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const done = changes
      .filter(({ at, by }) => Math.sign(by) === sign && now - at < periodSeconds * 1000)
      .reduce((sum, { by }) => sum + by, 0);
    const before = current - done;
    const step = type === 'Percent' ? (before * value) / 100 : value;
    return sign > 0 ? Math.ceil(before + step) : Math.floor(Math.max(0, before - step));
  });
  const farthest = (selectPolicy === 'Max') === sign > 0 ? Math.max(...limits) : Math.min(...limits);
  return sign > 0
    ? Math.max(current, Math.min(wanted, farthest))
    : Math.min(current, Math.max(wanted, farthest));
}
