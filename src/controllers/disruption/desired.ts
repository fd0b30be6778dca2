/**
 * How many pods of a budget may be disrupted: those that are healthy beyond those that must be.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import { withCondition } from '../conditions.ts';
import { isReady, isTerminal, isTerminating } from '../pods.ts';
import { portionOf } from '../portion.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** An eviction that was granted and not followed by a deletion does not count for longer. */
export const forgetAfterMs = 120_000;

export interface Observed {
  budget: PodDisruptionBudget;
  /** Those that the budget selects and that have not ended. */
  pods: readonly Pod[];
  /** How many their owners want, or why nobody knows. */
  scale: () => Scale;
  now: number;
}

export type Scale = { wanted: number } | { unknown: string };

export interface Desired {
  status: Status;
  /** When a granted eviction is to be looked at again; absent when there is none. */
  againInMs?: number;
}

export function desired(observed: Observed): Desired {
  const { budget, pods, now } = observed;
  const before = budget.status;
  const goal = goalOf(observed);
  const disrupted = stillDisrupted(before?.disruptedPods, pods, now);
  if ('unknown' in goal) return { status: failed(budget, goal.unknown, now) };
  const currentHealthy = pods.filter(
    (pod) => isReady(pod) && !isTerminating(pod) && !(pod.metadata.name in disrupted.pods),
  ).length;
  const { expectedPods, desiredHealthy } = goal;
  const spare = currentHealthy - desiredHealthy;
  const disruptionsAllowed = expectedPods > 0 && spare > 0 ? spare : 0;
  const isAllowed = disruptionsAllowed > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  return {
    status: {
      ...withConditionOf(budget, condition, now),
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed,
      ...(Object.keys(disrupted.pods).length > 0 && { disruptedPods: disrupted.pods }),
    },
    ...(disrupted.againInMs !== undefined && { againInMs: disrupted.againInMs }),
  };
}

/** How many there should be, and how many of them must be healthy. */
type Goal = { expectedPods: number; desiredHealthy: number } | { unknown: string };

function goalOf({ budget, pods, scale }: Observed): Goal {
  const { minAvailable, maxUnavailable }: { minAvailable?: unknown; maxUnavailable?: unknown } =
    budget.spec ?? {};
  if (maxUnavailable !== undefined) {
    const known = scale();
    if ('unknown' in known) return known;
    const tolerated = portionOf(maxUnavailable, known.wanted, Math.ceil);
    return { expectedPods: known.wanted, desiredHealthy: Math.max(0, known.wanted - tolerated) };
  }
  // A number of pods can be counted without knowing who made them.
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: pods.length, desiredHealthy: 0 };
  const known = scale();
  if ('unknown' in known) return known;
  return {
    expectedPods: known.wanted,
    desiredHealthy: portionOf(minAvailable, known.wanted, Math.ceil),
  };
}

/** Evictions that were granted, and whose pods nobody has deleted yet. */
function stillDisrupted(
  granted: Record<string, string> = {},
  pods: readonly Pod[],
  now: number,
): { pods: Record<string, string>; againInMs?: number } {
  const going = new Map(pods.filter((pod) => !isTerminating(pod)).map((pod) => [pod.metadata.name, pod]));
  const kept = Object.entries(granted).filter(
    ([name, at]) => going.has(name) && Date.parse(at) + forgetAfterMs > now,
  );
  if (kept.length === 0) return { pods: {} };
  const first = Math.min(...kept.map(([, at]) => Date.parse(at)));
  return { pods: Object.fromEntries(kept), againInMs: first + forgetAfterMs - now };
}

/** Nobody is let go while it is not known how many there should be. */
const failed = (budget: PodDisruptionBudget, message: string, now: number): Status => ({
  currentHealthy: 0,
  desiredHealthy: 0,
  expectedPods: 0,
  ...withConditionOf(
    budget,
    { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message },
    now,
  ),
  disruptionsAllowed: 0,
});

type Condition = Omit<NonNullable<Status['conditions']>[number], 'lastTransitionTime'>;

function withConditionOf({ metadata, status }: PodDisruptionBudget, condition: Condition, now: number) {
  const observedGeneration = metadata.generation ?? 0;
  const next = { ...condition, observedGeneration, lastTransitionTime: '' };
  return { observedGeneration, conditions: withCondition(status?.conditions, next, now) };
}

export const counts = (pod: Pod): boolean => !isTerminal(pod);
