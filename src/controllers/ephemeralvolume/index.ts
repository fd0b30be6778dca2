/**
 * Makes the claims of generic ephemeral volumes; each goes with its pod.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
import { claimNameOf } from '../../api/core/pod/claims.ts';
import { isAlreadyExists } from '../../api/errors.ts';
import { persistentVolumeClaims, pods } from '../../api/resource.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '../../api/types.ts';
import { type Draft, keyOf } from '../../client/contract.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { isControlledBy, ownerReference } from '../owners.ts';
import { isActive } from '../pods.ts';

const hasEphemeral = (pod: Pod | undefined) => pod?.spec?.volumes?.some((v) => v.ephemeral) ?? false;

export const ephemeralVolume: Controller = {
  name: 'ephemeral_volume',
  start(context) {
    const known = context.watch(pods, (now, before) => (hasEphemeral(now) ? itself(now, before) : []));
    const claims = context.watch(persistentVolumeClaims, (now, before) =>
      now
        ? []
        : (before?.metadata.ownerReferences ?? []).map((o) => `${before?.metadata.namespace}/${o.name}`),
    );
    return async (key) => {
      const pod = known.get(key);
      if (!pod || !isActive(pod)) return;
      for (const volume of pod.spec?.volumes ?? []) {
        if (!volume.ephemeral) continue;
        const draft = claimOf(pod, volume);
        const there = claims.get(`${draft.metadata.namespace}/${draft.metadata.name}`);
        if (there) refuseForeign(context, pod, there);
        else await make(context, pod, draft);
      }
    };
  },
};

function claimOf(pod: Pod, volume: Volume): Draft<PersistentVolumeClaim> {
  const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
  return {
    metadata: {
      name: claimNameOf(volume, pod.metadata.name) ?? '',
      namespace: pod.metadata.namespace ?? '',
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ownerReferences: [ownerReference(pods, pod)],
    },
    ...(spec && { spec }),
  };
}

async function make({ client, events }: Context, pod: Pod, draft: Draft<PersistentVolumeClaim>) {
  try {
    await client.create(persistentVolumeClaims, draft);
  } catch (err) {
    if (isAlreadyExists(err)) throw err; // the watch is behind: the next try sees whose it is
    const why = err instanceof Error ? err.message : String(err);
    events.event(
      pods,
      pod,
      'Warning',
      'FailedToCreate',
      `ephemeral volume controller: create PVC ${draft.metadata.name}: ${why}`,
    );
    throw err;
  }
}

/** A claim of somebody else's that happens to have the name is never used. */
function refuseForeign({ events }: Context, pod: Pod, claim: PersistentVolumeClaim): void {
  if (isControlledBy(claim, pod)) return;
  const message = `PVC ${keyOf(claim)} was not created for pod ${keyOf(pod)} (pod is not owner)`;
  events.event(pods, pod, 'Warning', 'FailedToCreate', message);
}
