/** Makes the claims of a StatefulSet's pods, and has them go as its retention policy says. */
import { isAlreadyExists } from '../../api/errors.ts';
import { persistentVolumeClaims, statefulSets } from '../../api/resource.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import type { Context } from '../loop.ts';
import { claimNames, claimsFor, ownersOf } from './claims.ts';
import { ordinalOf, podName } from './pod.ts';

export type Claims = Informer<PersistentVolumeClaim>;

/** Those of the pod with this number that are not there. */
export async function makeClaims(
  { client, events }: Context,
  set: StatefulSet,
  ordinal: number,
  known: Claims,
): Promise<void> {
  for (const draft of claimsFor(set, ordinal)) {
    const { name, namespace } = draft.metadata;
    const there = known.get(`${namespace}/${name}`);
    const what = `Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`;
    if (there?.metadata.deletionTimestamp) {
      const message = `create ${what} failed error: persistentvolumeclaim "${name}" is being deleted`;
      events.event(statefulSets, set, 'Warning', 'FailedCreate', message);
      throw new Error(message);
    }
    if (there) continue;
    try {
      await client.create(persistentVolumeClaims, draft);
      events.event(statefulSets, set, 'Normal', 'SuccessfulCreate', `create ${what} success`);
    } catch (err) {
      if (isAlreadyExists(err)) continue;
      const why = err instanceof Error ? err.message : String(err);
      events.event(statefulSets, set, 'Warning', 'FailedCreate', `create ${what} failed error: ${why}`);
      throw err;
    }
  }
}

/** Before a pod goes: what is to go with it must know. */
export async function ownClaims(
  { client }: Context,
  set: StatefulSet,
  pods: readonly Pod[],
  known: Claims,
): Promise<void> {
  for (const pod of pods) {
    for (const name of claimNames(set, ordinalOf(set, pod) ?? 0)) {
      const claim = known.get(`${set.metadata.namespace}/${name}`);
      const owners = claim && ownersOf(set, pod, claim);
      if (!owners) continue;
      const metadata = { ...claim.metadata, ownerReferences: owners };
      await client.update(persistentVolumeClaims, { ...claim, metadata });
    }
  }
}
