/**
 * On which nodes a DaemonSet's pods are made and which of them go.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
 */
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { availableInMs, isReady, isTerminal, isTerminating } from '../pods.ts';
import { fitOf, hashOf, nodeOf } from './nodes.ts';
import { type NodeState, roll, surges } from './rolling.ts';

export type Status = NonNullable<DaemonSet['status']>;

export interface Desired {
  /** Names of nodes that get a pod. */
  create: string[];
  remove: Pod[];
  /** Of those that go: they ended by themselves, and others follow, later and later. */
  ended: Pod[];
  status: Status;
  againMs?: number;
}

/** `hash`: that of the template now. */
export function desired(
  set: DaemonSet,
  nodes: Iterable<Node>,
  pods: readonly Pod[],
  hash: string,
  now: number,
): Desired {
  const states = statesOf(set, nodes, pods, hash, now);
  const { status, againMs } = statusOf(set, states, hash, now);
  const nothing: Desired = {
    create: [],
    remove: [],
    ended: [],
    status,
    ...(againMs !== undefined && { againMs }),
  };
  if (set.metadata.deletionTimestamp) return nothing;
  const kept = manage(set, states, nothing);
  if (kept.create.length + kept.remove.length + kept.ended.length > 0) return kept;
  return { ...kept, ...roll(set, states, status.desiredNumberScheduled) };
}

function statesOf(
  set: DaemonSet,
  nodes: Iterable<Node>,
  pods: readonly Pod[],
  hash: string,
  now: number,
): NodeState[] {
  const there = Map.groupBy(pods, nodeOf);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const states: NodeState[] = [];
  const state = (name: string, fit: ReturnType<typeof fitOf>): NodeState => {
    const all = (there.get(name) ?? []).toSorted(byAge);
    const live = all.filter((pod) => !isTerminating(pod) && !isTerminal(pod));
    return {
      name,
      ...fit,
      all,
      fresh: live.filter((pod) => hashOf(pod) === hash),
      old: live.filter((pod) => hashOf(pod) !== hash),
      isAvailable: (pod) => availableInMs(pod, minReadySeconds, now) === 0,
    };
  };
  for (const node of nodes) {
    states.push(state(node.metadata.name, fitOf(set, node)));
    there.delete(node.metadata.name);
  }
  // A node that is gone: its pods are the pod garbage collector's, once they are bound.
  for (const name of there.keys()) states.push(state(name, { shouldRun: false, mayStay: false }));
  return states;
}

/** Placed ones first, then the oldest. */
const byAge = (a: Pod, b: Pod): number =>
  Number(Boolean(b.spec?.nodeName)) - Number(Boolean(a.spec?.nodeName)) ||
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');

/** One pod where one should be, and none elsewhere. */
function manage(set: DaemonSet, states: readonly NodeState[], nothing: Desired): Desired {
  const result: Desired = { ...nothing, create: [], remove: [], ended: [] };
  for (const state of states) {
    const { all, shouldRun, mayStay, name } = state;
    if (shouldRun && all.length === 0) result.create.push(name);
    else if (mayStay) {
      result.ended.push(...all.filter((pod) => isTerminal(pod) && !isTerminating(pod)));
      result.remove.push(...superfluous(set, state));
    } else result.remove.push(...all.filter((pod) => !isTerminating(pod)));
  }
  return result;
}

/** Of several pods on a node the oldest stays; while one is replaced, the old one until the new one is of use. */
function superfluous(set: DaemonSet, { old, fresh, isAvailable }: NodeState): Pod[] {
  if (!surges(set)) return [...old, ...fresh].toSorted(byAge).slice(1);
  const [oldest, ...otherOld] = old;
  const [newest, ...otherNew] = fresh;
  const doubles = [...otherOld, ...otherNew];
  return oldest && newest && !isAvailable(oldest) ? [oldest, ...doubles] : doubles;
}

function statusOf(
  set: DaemonSet,
  states: readonly NodeState[],
  hash: string,
  now: number,
): { status: Status; againMs?: number } {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const wanted = states.filter((s) => s.shouldRun);
  // One pod counts for a node: the oldest.
  const pods = wanted.flatMap((s) => s.all.slice(0, 1));
  const waits = pods.map((pod) => availableInMs(pod, minReadySeconds, now)).filter((ms) => ms !== undefined);
  const later = waits.filter((ms) => ms > 0);
  const available = waits.length - later.length;
  const status: Status = {
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: pods.length,
    numberMisscheduled: states.filter((s) => !s.shouldRun && s.all.length > 0).length,
    numberReady: pods.filter(isReady).length,
    updatedNumberScheduled: pods.filter((pod) => hashOf(pod) === hash).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
    observedGeneration: set.metadata.generation ?? 0,
    ...(set.status?.collisionCount !== undefined && { collisionCount: set.status.collisionCount }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
  return later.length > 0 ? { status, againMs: Math.min(...later) } : { status };
}
