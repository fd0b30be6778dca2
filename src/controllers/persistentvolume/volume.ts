/**
 * What becomes of a volume next.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
 */
import { directoryFinalizer, nodeOfDirectory } from '../../api/storage/localPath.ts';
import { annotation } from '../../api/storage/words.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';

export type VolumeStep =
  | { do: 'phase'; phase: 'Available' | 'Bound' | 'Released' }
  /** Its claim has another one: what was promised by us is taken back. */
  | { do: 'free' }
  | { do: 'delete' }
  | { do: 'fail'; reason: string; message: string };

/** `claim`: the one that it is promised to, if that is there (the same one, by its uid). */
export function nextStep(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumeStep {
  const ref = volume.spec?.claimRef;
  if (!ref?.uid) return { do: 'phase', phase: 'Available' };
  if (!claim) return reclaim(volume);
  const taken = claim.spec?.volumeName;
  if (taken === volume.metadata.name) return { do: 'phase', phase: 'Bound' };
  // The claim is bound next, or somebody made the volume for it.
  if (!taken) return { do: 'phase', phase: phaseOf(volume) };
  if (nodeOfDirectory(volume) && volume.spec?.persistentVolumeReclaimPolicy === 'Delete')
    return { do: 'delete' };
  return volume.metadata.annotations?.[annotation.boundByController]
    ? { do: 'free' }
    : { do: 'phase', phase: 'Available' };
}

const phaseOf = ({ status }: PersistentVolume) => (status?.phase === 'Bound' ? 'Bound' : 'Available');

/** Its claim is gone. */
function reclaim(volume: PersistentVolume): VolumeStep {
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  const { name } = volume.metadata;
  if (policy === 'Retain' || volume.status?.phase !== 'Released') return { do: 'phase', phase: 'Released' };
  if (policy === 'Recycle')
    return { do: 'fail', reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' };
  if (nodeOfDirectory(volume)) return { do: 'delete' };
  // Another provisioner's: it removes what it made.
  if (volume.metadata.annotations?.[annotation.provisionedBy]) return { do: 'phase', phase: 'Released' };
  const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
  return { do: 'fail', reason: 'VolumeFailedDelete', message };
}

/** Its node, which would have removed the directory, is gone for good. */
export const isAbandoned = (volume: PersistentVolume, hasNode: (name: string) => boolean): boolean =>
  volume.metadata.deletionTimestamp !== undefined &&
  (volume.metadata.finalizers?.includes(directoryFinalizer) ?? false) &&
  !hasNode(nodeOfDirectory(volume) ?? '');
