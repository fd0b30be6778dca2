/** Lets go of claims and volumes that were deleted when nobody uses them any more. */

import { claimNamesOf } from '../../api/core/pod/claims.ts';
import { persistentVolumeClaims, persistentVolumes, pods } from '../../api/resource.ts';
import { finalizer } from '../../api/storage/words.ts';
import type { Pod } from '../../api/types.ts';
import { withoutFinalizer } from '../garbagecollector/desired.ts';
import { type Controller, itself } from '../loop.ts';
import { isHeldBy, keepsClaims, mayGo } from './rules.ts';

const claimsOf = (pod: Pod | undefined): string[] =>
  pod ? claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`) : [];

export const claimProtection: Controller = {
  name: 'pvc-protection-controller',
  start(context) {
    const claims = context.watch(persistentVolumeClaims, itself);
    // A pod that comes keeps a claim; only one that goes, lets it go.
    const known = context.watch(pods, (now, before) => (now ? [] : claimsOf(before)));
    return async (key) => {
      const claim = claims.get(key);
      if (!claim || !isHeldBy(claim, finalizer.claim)) return;
      if (known.by('claim', key).some(keepsClaims)) return;
      // A pod may just have got its node: the server knows.
      const { items } = await context.client.list(pods, { namespace: claim.metadata.namespace ?? '' });
      if (items.some((pod) => keepsClaims(pod) && claimsOf(pod).includes(key))) return;
      await context.client.update(persistentVolumeClaims, withoutFinalizer(claim, finalizer.claim));
    };
  },
};

export const volumeProtection: Controller = {
  name: 'pv-protection-controller',
  start(context) {
    const volumes = context.watch(persistentVolumes, itself);
    return async (key) => {
      const volume = volumes.get(key);
      if (volume && mayGo(volume))
        await context.client.update(persistentVolumes, withoutFinalizer(volume, finalizer.volume));
    };
  },
};
