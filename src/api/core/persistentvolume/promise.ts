/** A volume that is promised to a claim: written by the scheduler, which chose it for a pod, and by the controller. */
import { apiVersionOf, persistentVolumeClaims } from '../../resource.ts';
import { annotation } from '../../storage/words.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../types.ts';

type ClaimRef = NonNullable<NonNullable<PersistentVolume['spec']>['claimRef']>;

export const claimRef = ({ metadata }: PersistentVolumeClaim): ClaimRef => ({
  kind: persistentVolumeClaims.kind,
  apiVersion: apiVersionOf(persistentVolumeClaims),
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
});

/** What a person had promised stays marked as a person's. */
export function promisedTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const ref = volume.spec?.claimRef;
  if (ref?.uid && ref.uid === claim.metadata.uid) return volume;
  const ours = ref ? {} : { [annotation.boundByController]: 'yes' };
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, ...ours } },
    spec: { ...volume.spec, claimRef: claimRef(claim) },
  };
}
