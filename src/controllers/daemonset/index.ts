/** Keeps one pod of a DaemonSet on every node that it means. */
import { isNotFound } from '../../api/errors.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../../api/resource.ts';
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { type Backoff, backoff } from '../backoff.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, isNamespaceEnding, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { beyondHistory, type History, historyFrom, revise, templateOf } from '../revisions.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { slowStart } from '../slowStart.ts';
import { desired } from './desired.ts';
import { fitOf, hashLabel, hashOf, nodeOf, podFor } from './nodes.ts';

/** How long a pod that ends again and again is waited for. */
const shortestMs = 1_000;
const longestMs = 15 * 60_000;

export const daemonSet: Controller = {
  name: 'daemonset-controller',
  concurrency: 2,
  restMs: 10,
  start(context) {
    const sets = context.watch(daemonSets, itself);
    const known = context.watch(pods, (now, before) => [
      ...ownerKey(now, daemonSets),
      ...ownerKey(before, daemonSets),
      ...setsThatWouldAdopt(sets, now),
    ]);
    const world: World = {
      known,
      written: ownWrites(known, context.clock),
      nodes: context.watch(nodes, (now, before) => setsThatCare(sets, now, before)),
      history: historyFrom(context.look(controllerRevisions), context.clock),
      failures: backoff({ shortestMs, longestMs, clock: context.clock }),
    };
    return async (key) => {
      const set = sets.get(key);
      if (set) await sync(context, set, world);
    };
  },
};

interface World {
  known: Informer<Pod>;
  written: OwnWrites<Pod>;
  nodes: Informer<Node>;
  history: History;
  failures: Backoff;
}

/** A kubelet's heartbeat changes nothing. */
function* setsThatCare(
  sets: Informer<DaemonSet>,
  now: Node | undefined,
  before: Node | undefined,
): Iterable<string> {
  for (const set of sets.list()) {
    const [a, b] = [now, before].map((node) => node && fitOf(set, node));
    if (a?.shouldRun !== b?.shouldRun || a?.mayStay !== b?.mayStay) yield keyOf(set);
  }
}

function setsThatWouldAdopt(sets: Informer<DaemonSet>, pod: Pod | undefined): string[] {
  if (!pod || controllerOf(pod) || pod.metadata.deletionTimestamp) return [];
  return sets
    .by('namespace', pod.metadata.namespace ?? '')
    .filter((set) => selects(set.spec?.selector, pod.metadata.labels))
    .map(keyOf);
}

async function sync(context: Context, set: DaemonSet, world: World): Promise<void> {
  const { client, clock, again } = context;
  const { uid = '', namespace = '' } = set.metadata;
  const controlled = world.written.over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set));
  const candidates = [...controlled, ...world.known.by('orphan', namespace)];
  const kinds = { owner: daemonSets, object: pods };
  const owned = await takeUp(client, kinds, set, claim(set, set.spec?.selector, candidates));

  const { update, all } = await revise(client, daemonSets, set, world.history, hashLabel);
  const hash = update.metadata.labels?.[hashLabel] ?? '';
  const wanted = desired(set, world.nodes.list(), owned, hash, clock.now());
  await removePods(context, set, [...wanted.remove, ...due(context, set, wanted.ended, world)]);
  await createPods(context, set, wanted.create, { hash, template: templateOf(update) }, world.written);

  const live = new Set([hash, ...owned.map(hashOf)]);
  for (const old of beyondHistory(set, all, (r) => live.has(r.metadata.labels?.[hashLabel])))
    await client.delete(controllerRevisions, { name: old.metadata.name, namespace });
  if (wanted.againMs !== undefined) again(keyOf(set), wanted.againMs);
  if (!isSameStatus(wanted.status, set.status))
    await client.update(daemonSets, { ...set, status: wanted.status }, 'status');
}

/** Pods that ended and whose time to be replaced has come; the others are looked at again. */
function due({ events, again }: Context, set: DaemonSet, ended: readonly Pod[], { failures }: World): Pod[] {
  return ended.filter((pod) => {
    const waitMs = failures.failed(`${set.metadata.uid}/${nodeOf(pod)}`, pod.metadata.uid ?? '');
    if (waitMs > 0) again(keyOf(set), waitMs);
    else {
      const [reason, how] =
        pod.status?.phase === 'Failed' ? ['FailedDaemonPod', 'failed'] : ['SucceededDaemonPod', 'succeeded'];
      const message = `Found ${how} daemon pod ${keyOf(pod)} on node ${nodeOf(pod)}, will try to ${how === 'failed' ? 'kill' : 'delete'} it`;
      events.event(daemonSets, set, how === 'failed' ? 'Warning' : 'Normal', reason, message);
    }
    return waitMs === 0;
  });
}

async function createPods(
  { client, events }: Context,
  set: DaemonSet,
  names: readonly string[],
  { hash, template }: { hash: string; template: ReturnType<typeof templateOf> },
  written: OwnWrites<Pod>,
): Promise<void> {
  await slowStart(names, async (node) => {
    try {
      const pod = await client.create(pods, podFor(set, template, hash, node));
      written.wrote(pod);
      events.event(daemonSets, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      if (!isNamespaceEnding(err))
        events.event(daemonSets, set, 'Warning', 'FailedCreate', `Error creating: ${why}`);
      throw err;
    }
  });
}

async function removePods({ client, events }: Context, set: DaemonSet, going: readonly Pod[]): Promise<void> {
  const remove = async (pod: Pod) => {
    const { name, namespace = '', uid = '' } = pod.metadata;
    try {
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      events.event(daemonSets, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  };
  // Not noted as gone: a node gets its next pod when the kubelet has let the last one go.
  await Promise.all(going.map(remove));
}
