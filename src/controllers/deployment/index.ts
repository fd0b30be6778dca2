/** Moves the ReplicaSets of a Deployment from one template to the next. */
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { deployments, pods, replicaSets } from '../../api/resource.ts';
import type { Deployment, Pod, ReplicaSet } from '../../api/types.ts';
import { type Draft, type Informer, keyOf } from '../../client/contract.ts';
import { claim, takeUp } from '../claim.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { controllerOf, isControlledBy, ownerKey } from '../owners.ts';
import { ownWrites } from '../ownWrites.ts';
import { isTerminal } from '../pods.ts';
import { isSameStatus } from '../sameStatus.ts';
import { isEmptySelector, selects } from '../selection.ts';
import { type Desired, desired } from './desired.ts';
import { annotation, newSetOf } from './revision.ts';
import { replicasOf } from './strategy.ts';

export const deployment: Controller = {
  name: 'deployment-controller',
  concurrency: 4,
  restMs: 20,
  start(context) {
    const { client, clock } = context;
    const known = context.watch(deployments, itself);
    const sets = context.watch(replicaSets, (now, before) => [
      ...ownerKey(now, deployments),
      ...ownerKey(before, deployments),
      ...deploymentsThatWouldAdopt(known, now),
    ]);
    // A Recreate waits until the last old pod is gone.
    const allPods = context.watch(pods, (now, before) => (now ? [] : deploymentKeyOf(before, sets)));
    const written = ownWrites(sets, clock);

    const podsLeft = (of: readonly ReplicaSet[]) =>
      of.some((set) => allPods.by('owner', set.metadata.uid ?? '').some((pod) => !isTerminal(pod)));

    return async (key) => {
      const found = known.get(key);
      if (!found) return;
      if (isEmptySelector(found.spec?.selector)) return refuseEmptySelector(context, found);
      const { uid = '', namespace = '' } = found.metadata;
      const controlled = written.over(sets.by('owner', uid), (set) => isControlledBy(set, found));
      const candidates = [...controlled, ...sets.by('orphan', namespace)];
      const claimed = claim(found, found.spec?.selector, candidates);
      const owned = await takeUp(client, { owner: deployments, object: replicaSets }, found, claimed);
      await act(context, found, desired(found, owned, podsLeft, clock.now()), (set) => written.wrote(set));
    };
  },
};

function deploymentsThatWouldAdopt(known: Informer<Deployment>, set: ReplicaSet | undefined): string[] {
  if (!set || controllerOf(set) || set.metadata.deletionTimestamp) return [];
  return known
    .by('namespace', set.metadata.namespace ?? '')
    .filter((d) => selects(d.spec?.selector, set.metadata.labels))
    .map(keyOf);
}

function deploymentKeyOf(pod: Pod | undefined, sets: Informer<ReplicaSet>): string[] {
  const [setKey] = ownerKey(pod, replicaSets);
  return setKey === undefined ? [] : ownerKey(sets.get(setKey), deployments);
}

function refuseEmptySelector({ events }: Context, found: Deployment): void {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  events.event(deployments, found, 'Warning', 'SelectingAll', message);
}

async function act(
  context: Context,
  found: Deployment,
  wanted: Desired,
  wrote: (set: ReplicaSet) => void,
): Promise<void> {
  const { client, again } = context;
  let current = found;
  if (wanted.revision !== undefined) {
    const { name, namespace = '' } = found.metadata;
    const annotations = { [annotation.revision]: wanted.revision };
    current = await client.patch(
      deployments,
      { name, namespace },
      { metadata: { annotations } },
      { type: 'merge' },
    );
  }
  for (const change of wanted.update) wrote(await update(context, found, change));
  if (wanted.create) {
    const made = await create(context, found, wanted.create);
    if (!made) return countCollision(context, current);
    wrote(made);
  }
  for (const set of wanted.remove) await remove(context, set);
  if (wanted.againMs !== undefined) again(keyOf(found), wanted.againMs);
  if (!isSameStatus(wanted.status, found.status))
    await client.update(deployments, { ...current, status: wanted.status }, 'status');
}

async function update(
  { client, events }: Context,
  found: Deployment,
  { set, from }: Desired['update'][number],
): Promise<ReplicaSet> {
  const written = await client.update(replicaSets, set);
  const to = replicasOf(set);
  if (to !== from) {
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
    events.event(deployments, found, 'Normal', 'ScalingReplicaSet', message);
  }
  return written;
}

/** Absent when another ReplicaSet has the name already, with another template. */
async function create(
  { client, events }: Context,
  found: Deployment,
  draft: Draft<ReplicaSet>,
): Promise<ReplicaSet | undefined> {
  try {
    const made = await client.create(replicaSets, draft);
    const message = `Scaled up replica set ${made.metadata.name} from 0 to ${replicasOf(made)}`;
    if (replicasOf(made) > 0) events.event(deployments, found, 'Normal', 'ScalingReplicaSet', message);
    return made;
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    const other = await client.get(replicaSets, draft.metadata.name ?? '', found.metadata.namespace);
    return isControlledBy(other, found) && newSetOf(found, [other]) ? other : undefined;
  }
}

/** The next sync makes another name of it. */
async function countCollision({ client }: Context, current: Deployment): Promise<void> {
  const collisionCount = (current.status?.collisionCount ?? 0) + 1;
  await client.update(deployments, { ...current, status: { ...current.status, collisionCount } }, 'status');
}

async function remove({ client }: Context, set: ReplicaSet): Promise<void> {
  const { name, namespace = '', uid = '' } = set.metadata;
  try {
    await client.delete(replicaSets, { name, namespace }, { preconditions: { uid } });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
