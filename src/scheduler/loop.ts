/**
 * Pods come in, are decided one after the other, and bound beside that: a decision counts in the
 * snapshot at once, so that the next one need not wait for the API.
 */
import { isConflict, isNotFound } from '../api/errors.ts';
import { namespaces, nodes, podDisruptionBudgets, pods, services } from '../api/resource.ts';
import { labelSelector, matchesLabels } from '../api/selectors.ts';
import type { Pod, PodCondition, Service } from '../api/types.ts';
import { type Client, keyOf } from '../client/contract.ts';
import { eventRecorder } from '../client/events.ts';
import { type Informers, labelKeys } from '../client/shared.ts';
import { type Clock, rfc3339 } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { decide } from './decide.ts';
import { nominatedPods } from './nominated.ts';
import type { World } from './plugin.ts';
import { preempt } from './preempt.ts';
import { podQueue } from './queue.ts';
import { isPending, isPlaced, offersOtherwise, schedulerName, wantsOtherwise } from './relevance.ts';
import { type PodInfo, podInfo, Snapshot } from './snapshot.ts';
import { endVictims } from './victims.ts';
import { volumeBinder } from './volumes/binder.ts';

const log = logger('scheduler');

export interface SchedulerOptions {
  client: Client;
  /** One set for the whole process. */
  informers: Informers;
  clock: Clock;
  signal: AbortSignal;
}

/** After so many decisions the rest of the process gets its turn. */
const decisionsPerTurn = 100;

export function runScheduler({ client, informers, clock, signal }: SchedulerOptions): void {
  const snapshot = new Snapshot();
  const known = {
    pods: informers.of(pods),
    nodes: informers.of(nodes),
    services: informers.of(services),
    namespaces: informers.of(namespaces),
    budgets: informers.of(podDisruptionBudgets),
  };
  const events = eventRecorder(client, schedulerName, '', clock);
  const queue = podQueue(clock, signal, wake);
  const volumes = volumeBinder(client, informers, clock, signal);
  const world: World = {
    snapshot,
    servicesOf: ({ pod }) => servicesOf(pod),
    namespaceLabels: (name) => known.namespaces.get(name)?.metadata.labels ?? {},
    volumes,
  };
  const nominated = nominatedPods(snapshot);
  const budgetsOf = (namespace: string) => known.budgets.by('namespace', namespace);
  /** Pods whose binding is under way; their informer still shows them without a node. */
  const binding = new Set<string>();
  let hasSynced = false;
  let isAwake = false;

  function servicesOf(pod: Pod): Service[] {
    return labelKeys(pod.metadata.namespace, pod.metadata.labels)
      .flatMap((label) => known.services.by('selector', label))
      .filter(({ spec }) =>
        matchesLabels(labelSelector({ matchLabels: spec?.selector ?? {} }), pod.metadata.labels),
      );
  }

  known.nodes.onChange((now, before) => {
    if (signal.aborted) return;
    if (now) snapshot.setNode(now);
    else if (before) snapshot.removeNode(before.metadata.name);
    if (now && offersOtherwise(now, before)) queue.moveAll();
  });

  known.pods.onChange((now, before) => {
    if (signal.aborted) return;
    const pod = now ?? before;
    if (!pod) return;
    const key = keyOf(pod);
    if (!now || !isPending(now)) nominated.remove(key);
    if (now && isPlaced(now)) {
      snapshot.setPod(podInfo(now), now.spec?.nodeName ?? '');
      queue.remove(key);
      // A new neighbour may be the one that others want to be near to.
      if (!before || !isPlaced(before)) queue.moveAll();
      return;
    }
    if (now && isPending(now)) {
      const promised = now.status?.nominatedNodeName;
      if (promised) nominated.set(podInfo(now), promised);
      if (wantsOtherwise(now, before)) queue.add(key, now.spec?.priority ?? 0);
      return;
    }
    snapshot.removePod(key);
    queue.remove(key);
    queue.moveAll();
  });

  volumes.onChange(() => queue.moveAll());

  void Promise.all([volumes.synced, ...Object.values(known).map(({ synced }) => synced)]).then(() => {
    hasSynced = true;
    wake();
  });

  function wake(): void {
    if (isAwake || !hasSynced) return;
    isAwake = true;
    setImmediate(drain);
  }

  function drain(): void {
    isAwake = false;
    for (let i = 0; i < decisionsPerTurn; i++) {
      if (signal.aborted) return;
      const key = queue.next();
      if (key === undefined) return;
      const pod = known.pods.get(key);
      if (pod && isPending(pod) && !binding.has(key)) scheduleOne(podInfo(pod));
    }
    wake();
  }

  function scheduleOne(info: PodInfo): void {
    const decision = nominated.beside(info, () => decide(info, world));
    if ('node' in decision) {
      nominated.remove(info.key);
      snapshot.setPod(info, decision.node);
      void bind(info, decision.node);
      return;
    }
    queue.failed(info.key, info.pod.spec?.priority ?? 0);
    const room = nominated.beside(info, () => preempt(info, world, budgetsOf));
    if ('node' in room) {
      nominated.set(info, room.node);
      events.event(pods, info.pod, 'Warning', 'FailedScheduling', decision.message);
      void makeRoom(info.pod, room.node, room.victims, decision.message);
      return;
    }
    const message = room.message ? `${decision.message} preemption: ${room.message}` : decision.message;
    events.event(pods, info.pod, 'Warning', 'FailedScheduling', message);
    void tellWhy(info.pod, message);
  }

  async function makeRoom(pod: Pod, node: string, victims: readonly Pod[], message: string): Promise<void> {
    try {
      await tellWhy(pod, message, node);
      await endVictims({ client, clock, events }, pod, node, victims);
    } catch (err) {
      log.warn({ pod: keyOf(pod), node, err: String(err) }, 'no room can be made, will try again');
      queue.moveAll();
    }
  }

  async function bind({ pod, key }: PodInfo, node: string): Promise<void> {
    const { name, namespace = '', uid = '' } = pod.metadata;
    binding.add(key);
    const placed = snapshot.node(node)?.node;
    const reservation = placed && volumes.reserve(pod, placed);
    try {
      await reservation?.bind();
      await client.post(pods, { name, namespace }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      });
      events.event(pods, pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${node}`);
    } catch (err) {
      snapshot.removePod(key);
      const current = known.pods.get(key);
      if (current && isPlaced(current)) snapshot.setPod(podInfo(current), current.spec?.nodeName ?? '');
      if (signal.aborted || isNotFound(err) || isConflict(err)) return;
      log.warn({ pod: key, node, err: String(err) }, 'the pod cannot be bound, will try again');
      queue.failed(key, pod.spec?.priority ?? 0);
      queue.moveAll();
    } finally {
      reservation?.release();
      binding.delete(key);
    }
  }

  async function tellWhy(pod: Pod, message: string, nominatedNodeName?: string): Promise<void> {
    const before = pod.status?.conditions?.find((c) => c.type === 'PodScheduled');
    const isToldNode = !nominatedNodeName || pod.status?.nominatedNodeName === nominatedNodeName;
    if (before?.status === 'False' && before.message === message && isToldNode) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: (before?.status === 'False' && before.lastTransitionTime) || rfc3339(clock.now()),
    };
    const others = (pod.status?.conditions ?? []).filter((c) => c !== before);
    const status = {
      ...pod.status,
      conditions: [...others, condition],
      ...(nominatedNodeName && { nominatedNodeName }),
    };
    try {
      await client.update(pods, { ...pod, status }, 'status');
    } catch (err) {
      if (!isNotFound(err) && !isConflict(err)) log.warn({ pod: keyOf(pod), err: String(err) }, 'no status');
    }
  }
}
