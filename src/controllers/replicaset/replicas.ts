/**
 * Keeps as many pods as a ReplicaSet asks for, or a ReplicationController, which is the same with a plainer
 * selector: it is seen as the ReplicaSet that means the same.
 */
import { isNotFound } from '../../api/errors.ts';
import { pods, type Resource } from '../../api/resource.ts';
import type { KubeObject, Pod, ReplicaSet } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, isNamespaceEnding, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { podFrom } from '../podTemplate.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { slowStart } from '../slowStart.ts';
import { desired, type Failure, type Status, statusOf } from './desired.ts';

export interface Replicated<T extends KubeObject> {
  /** As it stands in events. */
  readonly name: string;
  readonly resource: Resource<T>;
  asSet(object: T): ReplicaSet;
  withStatus(object: T, status: Status): T;
}

export const replicas = <T extends KubeObject>(kind: Replicated<T>): Controller => ({
  name: kind.name,
  concurrency: 4,
  restMs: 20,
  start(context) {
    const { resource } = kind;
    const sets = context.watch(resource, itself);
    const known = context.watch(pods, (now, before) => [
      ...ownerKey(now, resource),
      ...ownerKey(before, resource),
      ...setsThatWouldAdopt(kind, sets, now),
    ]);
    const written = ownWrites(known, context.clock);
    return async (key) => {
      const object = sets.get(key);
      if (object) await sync(context, object, { kind, sets, known, written });
    };
  },
});

interface World<T extends KubeObject> {
  kind: Replicated<T>;
  sets: Informer<T>;
  known: Informer<Pod>;
  written: OwnWrites<Pod>;
}

function setsThatWouldAdopt<T extends KubeObject>(
  kind: Replicated<T>,
  sets: Informer<T>,
  pod: Pod | undefined,
): string[] {
  if (!pod || controllerOf(pod) || pod.metadata.deletionTimestamp) return [];
  return sets
    .by('namespace', pod.metadata.namespace ?? '')
    .filter((object) => selects(kind.asSet(object).spec?.selector, pod.metadata.labels))
    .map(keyOf);
}

async function sync<T extends KubeObject>(context: Context, object: T, world: World<T>): Promise<void> {
  const { client, clock } = context;
  const { resource } = world.kind;
  const set = world.kind.asSet(object);
  const { uid = '', namespace = '' } = set.metadata;
  const controlled = world.written.over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set));
  const candidates = [...controlled, ...world.known.by('orphan', namespace)];
  const kinds = { owner: resource, object: pods };
  const owned = await takeUp(client, kinds, object, claim(set, set.spec?.selector, candidates));

  const { create, remove } = desired(set, owned, relatedTo(set, world), clock.now());
  let failure: Failure | undefined;
  let cause: unknown;
  try {
    await createPods(context, resource, set, create, world.written);
  } catch (err) {
    failure = { reason: 'FailedCreate', message: messageOf(err) };
    cause = err;
  }
  await removePods(context, resource, set, remove, world.written);

  const after = world.written
    .over(world.known.by('owner', uid), (pod) => isControlledBy(pod, set))
    .filter((pod) => selects(set.spec?.selector, pod.metadata.labels));
  await writeStatus(context, world.kind, object, after, failure);
  if (cause) throw cause;
}

/** Pods of all sets of one deployment. */
function relatedTo<T extends KubeObject>(set: ReplicaSet, { sets, known }: World<T>): Pod[] {
  const deployment = controllerOf(set);
  const siblings: KubeObject[] = deployment ? sets.by('owner', deployment.uid) : [set];
  return siblings.flatMap((sibling) => known.by('owner', sibling.metadata.uid ?? ''));
}

async function createPods(
  { client, events }: Context,
  resource: Resource,
  set: ReplicaSet,
  count: number,
  written: OwnWrites<Pod>,
): Promise<void> {
  const draft = podFrom(resource, set, set.spec?.template);
  await slowStart(Array.from({ length: count }), async () => {
    try {
      const pod = await client.create(pods, draft);
      written.wrote(pod);
      events.event(resource, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (err) {
      if (!isNamespaceEnding(err))
        events.event(resource, set, 'Warning', 'FailedCreate', `Error creating: ${messageOf(err)}`);
      throw err;
    }
  });
}

async function removePods(
  { client, events }: Context,
  resource: Resource,
  set: ReplicaSet,
  going: readonly Pod[],
  written: OwnWrites<Pod>,
): Promise<void> {
  const remove = async (pod: Pod) => {
    const { name, namespace = '', uid = '' } = pod.metadata;
    try {
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      events.event(resource, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    written.deleted(pod);
  };
  await Promise.all(going.map(remove));
}

async function writeStatus<T extends KubeObject>(
  { client, clock, again }: Context,
  kind: Replicated<T>,
  object: T,
  owned: readonly Pod[],
  failure: Failure | undefined,
): Promise<void> {
  const set = kind.asSet(object);
  const { status, againMs } = statusOf(set, owned, failure, clock.now());
  if (againMs !== undefined) again(keyOf(set), againMs);
  if (isSameStatus(status, set.status)) return;
  await client.update(kind.resource, kind.withStatus(object, status), 'status');
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
