/** Keeps as many pods as a ReplicaSet asks for. */
import { isNotFound } from '../../api/errors.ts';
import { pods, replicaSets } from '../../api/resource.ts';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, isNamespaceEnding, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { podFrom } from '../podTemplate.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { slowStart } from '../slowStart.ts';
import { desired, type Failure, statusOf } from './desired.ts';

export const replicaSet: Controller = {
  name: 'replicaset-controller',
  concurrency: 4,
  restMs: 20,
  start(context) {
    const sets = context.watch(replicaSets, itself);
    const known = context.watch(pods, (now, before) => [
      ...ownerKey(now, replicaSets),
      ...ownerKey(before, replicaSets),
      ...setsThatWouldAdopt(sets, now),
    ]);
    const written = ownWrites(known, context.clock);
    return async (key) => {
      const set = sets.get(key);
      if (set) await sync(context, set, { sets, known, written });
    };
  },
};

interface World {
  sets: Informer<ReplicaSet>;
  known: Informer<Pod>;
  written: OwnWrites<Pod>;
}

function setsThatWouldAdopt(sets: Informer<ReplicaSet>, pod: Pod | undefined): string[] {
  if (!pod || controllerOf(pod) || pod.metadata.deletionTimestamp) return [];
  return sets
    .by('namespace', pod.metadata.namespace ?? '')
    .filter((set) => selects(set.spec?.selector, pod.metadata.labels))
    .map(keyOf);
}

async function sync(context: Context, set: ReplicaSet, world: World): Promise<void> {
  const { client, clock } = context;
  const { uid = '', namespace = '' } = set.metadata;
  const controlled = world.written.over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set));
  const candidates = [...controlled, ...world.known.by('orphan', namespace)];
  const kinds = { owner: replicaSets, object: pods };
  const owned = await takeUp(client, kinds, set, claim(set, set.spec?.selector, candidates));

  const { create, remove } = desired(set, owned, relatedTo(set, world), clock.now());
  let failure: Failure | undefined;
  let cause: unknown;
  try {
    await createPods(context, set, create, world.written);
  } catch (err) {
    failure = { reason: 'FailedCreate', message: messageOf(err) };
    cause = err;
  }
  await removePods(context, set, remove, world.written);

  const after = world.written
    .over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set))
    .filter((pod) => selects(set.spec?.selector, pod.metadata.labels));
  await writeStatus(context, set, after, failure);
  if (cause) throw cause;
}

/** Pods of all sets of one deployment. */
function relatedTo(set: ReplicaSet, { sets, known }: World): Pod[] {
  const deployment = controllerOf(set);
  const siblings = deployment ? sets.by('owner', deployment.uid) : [set];
  return siblings.flatMap((sibling) => known.by('owner', sibling.metadata.uid ?? ''));
}

async function createPods(
  { client, events }: Context,
  set: ReplicaSet,
  count: number,
  written: OwnWrites<Pod>,
): Promise<void> {
  const draft = podFrom(replicaSets, set, set.spec?.template);
  await slowStart(Array.from({ length: count }), async () => {
    try {
      const pod = await client.create(pods, draft);
      written.wrote(pod);
      events.event(replicaSets, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (err) {
      if (!isNamespaceEnding(err))
        events.event(replicaSets, set, 'Warning', 'FailedCreate', `Error creating: ${messageOf(err)}`);
      throw err;
    }
  });
}

async function removePods(
  { client, events }: Context,
  set: ReplicaSet,
  going: readonly Pod[],
  written: OwnWrites<Pod>,
): Promise<void> {
  const remove = async (pod: Pod) => {
    const { name, namespace = '', uid = '' } = pod.metadata;
    try {
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      events.event(replicaSets, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    written.deleted(pod);
  };
  await Promise.all(going.map(remove));
}

async function writeStatus(
  { client, clock, again }: Context,
  set: ReplicaSet,
  owned: readonly Pod[],
  failure: Failure | undefined,
): Promise<void> {
  const { status, againMs } = statusOf(set, owned, failure, clock.now());
  if (againMs !== undefined) again(keyOf(set), againMs);
  if (!isSameStatus(status, set.status)) await client.update(replicaSets, { ...set, status }, 'status');
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
