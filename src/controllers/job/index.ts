/** Runs the pods of Jobs until enough of them have succeeded. */
import { jobController, trackingFinalizer } from '../../api/batch/job/labels.ts';
import { isConflict, isNotFound } from '../../api/errors.ts';
import { jobs, pods } from '../../api/resource.ts';
import type { Job, Pod } from '../../api/types.ts';
import { type Client, type Informer, keyOf } from '../../client/contract.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, isNamespaceEnding, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { slowStart } from '../slowStart.ts';
import { type Desired, desired } from './desired.ts';
import { isTracked, type PodPlan, podFor, untracked } from './pods.ts';

interface World {
  known: Informer<Pod>;
  written: OwnWrites<Pod>;
  jobs: Informer<Job>;
}

/** Keys of pods whose Job is gone; no namespace begins like that. */
const strayPrefix = 'pod:';

export const job: Controller = {
  name: 'job-controller',
  concurrency: 4,
  restMs: 20,
  start(context) {
    const all = context.watch(jobs, (now, before) => [
      ...itself(now, before),
      ...(now ? [] : straysOf(known, before)),
    ]);
    const known: Informer<Pod> = context.watch(pods, (now, before) => [
      ...ownerKey(now, jobs),
      ...ownerKey(before, jobs),
      ...jobsThatWouldAdopt(all, now),
      ...(now && isStray(all, now) ? [strayPrefix + keyOf(now)] : []),
    ]);
    const world: World = { known, written: ownWrites(known, context.clock), jobs: all };
    return async (key) => {
      if (key.startsWith(strayPrefix)) return letGoOf(context.client, world, key.slice(strayPrefix.length));
      const found = all.get(key);
      const { managedBy = jobController } = found?.spec ?? {};
      if (found && managedBy === jobController) await sync(context, found, world);
    };
  },
};

function jobsThatWouldAdopt(all: Informer<Job>, pod: Pod | undefined): string[] {
  if (!pod || controllerOf(pod) || pod.metadata.deletionTimestamp) return [];
  return all
    .by('namespace', pod.metadata.namespace ?? '')
    .filter((found) => selects(found.spec?.selector, pod.metadata.labels))
    .map(keyOf);
}

/** A pod that waits to be counted by a Job that is not there. */
function isStray(all: Informer<Job>, pod: Pod): boolean {
  if (!isTracked(pod)) return false;
  const owner = controllerOf(pod);
  if (!owner) return jobsThatWouldAdopt(all, pod).length === 0;
  const found = all.get(`${pod.metadata.namespace}/${owner.name}`);
  return owner.kind === jobs.kind && found?.metadata.uid !== owner.uid;
}

/** Also those that the garbage collector has unlinked already. */
const straysOf = (known: Informer<Pod>, gone: Job | undefined): string[] =>
  [...known.by('owner', gone?.metadata.uid ?? ''), ...known.by('orphan', gone?.metadata.namespace ?? '')]
    .filter(isTracked)
    .map((pod) => strayPrefix + keyOf(pod));

async function letGoOf(client: Client, { known, jobs: all }: World, key: string): Promise<void> {
  const pod = known.get(key);
  if (pod && isStray(all, pod)) await release(client, [pod]);
}

async function sync(context: Context, found: Job, world: World): Promise<void> {
  const { client, clock, again } = context;
  const { uid = '', namespace = '' } = found.metadata;
  const controlled = world.written.over(world.known.by('owner', uid), (pod) => isControlledBy(pod, found));
  const candidates = [...controlled, ...world.known.by('orphan', namespace)];
  const claimed = claim(found, found.spec?.selector, candidates);
  const owned = await takeUp(client, { owner: jobs, object: pods }, found, claimed);

  const wanted = desired(found, owned, clock.now());
  await letGo(client, world, wanted.dismiss);
  await removePods(context, found, [...wanted.dismiss, ...wanted.end]);
  // They are not to be counted as running, and others chosen in their place, before the watch tells.
  for (const pod of wanted.dismiss) world.written.deleted(pod);
  await createPods(context, found, wanted.create, world.written);
  await writeStatus(context, found, wanted);
  await letGo(client, world, wanted.release);
  if (wanted.againMs !== undefined) again(keyOf(found), wanted.againMs);
}

async function writeStatus(
  { client, events }: Context,
  found: Job,
  { status, ...wanted }: Desired,
): Promise<void> {
  if (status && !isSameStatus(status, found.status))
    await client.update(jobs, { ...found, status }, 'status');
  for (const { type, reason, message } of wanted.events) events.event(jobs, found, type, reason, message);
}

/** A pod that only the finalizer held is gone with it, and the watch may have said so already. */
async function letGo(client: Client, { known, written }: World, ended: readonly Pod[]): Promise<void> {
  const seen = new Set(ended.map(keyOf).filter((key) => known.get(key)));
  for (const pod of await release(client, ended)) {
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = pod.metadata;
    const isLast = deletionTimestamp && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
    const isSeenGone = seen.has(keyOf(pod)) && !known.get(keyOf(pod));
    if (isLast || isSeenGone) written.deleted(pod);
    else written.wrote(pod);
  }
}

/** Takes the finalizer from them; resolves with those that are still there. */
async function release(client: Client, ended: readonly Pod[]): Promise<Pod[]> {
  const left = await Promise.all(
    ended.filter(isTracked).map(async (pod) => {
      try {
        return await client.update(pods, untracked(pod));
      } catch (err) {
        if (isNotFound(err)) return undefined;
        if (isConflict(err)) return await patched(client, pod);
        throw err;
      }
    }),
  );
  return left.filter((pod) => pod !== undefined);
}

/** The pod changed meanwhile, its kubelet says more: only the finalizer goes. */
async function patched(client: Client, { metadata }: Pod): Promise<Pod | undefined> {
  const { name, namespace = '' } = metadata;
  const patch = {
    metadata: { uid: metadata.uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] },
  };
  try {
    return await client.patch(pods, { name, namespace }, patch, { type: 'strategic' });
  } catch (err) {
    if (isNotFound(err) || isConflict(err)) return undefined;
    throw err;
  }
}

async function createPods(
  { client, events }: Context,
  found: Job,
  plans: readonly PodPlan[],
  written: OwnWrites<Pod>,
): Promise<void> {
  await slowStart(plans, async (plan) => {
    try {
      const pod = await client.create(pods, podFor(found, plan));
      written.wrote(pod);
      events.event(jobs, found, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      if (!isNamespaceEnding(err))
        events.event(jobs, found, 'Warning', 'FailedCreate', `Error creating: ${why}`);
      throw err;
    }
  });
}

async function removePods({ client, events }: Context, found: Job, going: readonly Pod[]): Promise<void> {
  const remove = async ({ metadata: { name, namespace = '', uid = '' } }: Pod) => {
    try {
      await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      events.event(jobs, found, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  };
  await Promise.all(going.map(remove));
}
