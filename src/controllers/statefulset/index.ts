/** Keeps the numbered pods of a StatefulSet, one step at a time. */
import { isNotFound } from '../../api/errors.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../../api/resource.ts';
import type { Pod, StatefulSet } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { isTerminal } from '../pods.ts';
import { type History, historyFrom, revise, templateOf } from '../revisions.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { withClaims } from './claims.ts';
import { type Desired, desired } from './desired.ts';
import { type Claims, makeClaims, ownClaims } from './keepClaims.ts';
import { ordinalOf, podOf } from './pod.ts';
import { beyondHistory, hashLabel } from './revisions.ts';

export const statefulSet: Controller = {
  name: 'statefulset-controller',
  concurrency: 4,
  restMs: 10,
  start(context) {
    const sets = context.watch(statefulSets, itself);
    const known = context.watch(pods, (now, before) => [
      ...ownerKey(now, statefulSets),
      ...ownerKey(before, statefulSets),
      ...setsThatWouldAdopt(sets, now),
    ]);
    const world: World = {
      known,
      written: ownWrites(known, context.clock),
      history: historyFrom(context.look(controllerRevisions), context.clock),
      claims: context.look(persistentVolumeClaims),
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
  history: History;
  claims: Claims;
}

function setsThatWouldAdopt(sets: Informer<StatefulSet>, pod: Pod | undefined): string[] {
  if (!pod || controllerOf(pod) || pod.metadata.deletionTimestamp) return [];
  return sets
    .by('namespace', pod.metadata.namespace ?? '')
    .filter((set) => ordinalOf(set, pod) !== undefined && selects(set.spec?.selector, pod.metadata.labels))
    .map(keyOf);
}

async function sync(context: Context, set: StatefulSet, world: World): Promise<void> {
  const { client, clock, again } = context;
  const { uid = '', namespace = '' } = set.metadata;
  const controlled = world.written.over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set));
  const orphans = world.known.by('orphan', namespace).filter((pod) => ordinalOf(set, pod) !== undefined);
  const claimed = claim(set, set.spec?.selector, [...controlled, ...orphans]);
  const owned = await takeUp(client, { owner: statefulSets, object: pods }, set, claimed);

  const { update, all } = await revise(client, statefulSets, set, world.history, hashLabel);
  const current = all.find((r) => r.metadata.name === set.status?.currentRevision) ?? update;
  const names = { current: current.metadata.name, update: update.metadata.name };
  const wanted = desired(set, owned, names, clock.now());
  const templates = new Map([current, update].map((r) => [r.metadata.name, templateOf(r)]));
  if (!set.metadata.deletionTimestamp) await ownClaims(context, set, owned, world.claims);
  await act(context, set, wanted, templates, world);

  for (const old of beyondHistory(set, all, [names.current, names.update], owned))
    await client.delete(controllerRevisions, { name: old.metadata.name, namespace });
  if (wanted.againMs !== undefined) again(keyOf(set), wanted.againMs);
  if (!isSameStatus(wanted.status, set.status))
    await client.update(statefulSets, { ...set, status: wanted.status }, 'status');
}

async function act(
  context: Context,
  set: StatefulSet,
  wanted: Desired,
  templates: ReadonlyMap<string, ReturnType<typeof templateOf>>,
  { written, claims }: World,
): Promise<void> {
  const { client, events } = context;
  const say = (done: 'create' | 'delete', name: string) =>
    events.event(
      statefulSets,
      set,
      'Normal',
      done === 'create' ? 'SuccessfulCreate' : 'SuccessfulDelete',
      `${done} Pod ${name} in StatefulSet ${set.metadata.name} successful`,
    );
  for (const { ordinal, revision } of wanted.create) {
    await makeClaims(context, set, ordinal, claims);
    const draft = withClaims(podOf(set, templates.get(revision) ?? {}, revision, ordinal), set, ordinal);
    try {
      written.wrote(await client.create(pods, draft));
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      const message = `create Pod ${draft.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${why}`;
      events.event(statefulSets, set, 'Warning', 'FailedCreate', message);
      throw err;
    }
    say('create', draft.metadata.name);
  }
  for (const pod of wanted.remove) {
    const { name, namespace = '', uid = '' } = pod.metadata;
    const message = `StatefulSet ${keyOf(set)} is recreating failed Pod ${name}`;
    if (isTerminal(pod)) events.event(statefulSets, set, 'Warning', 'RecreatingFailedPod', message);
    try {
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      say('delete', name);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}
