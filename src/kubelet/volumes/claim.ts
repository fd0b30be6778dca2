/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes */
import { statSync } from 'node:fs';
import { isPromisedTo } from '../../api/core/persistentvolume/match.ts';
import { claimNameOf } from '../../api/core/pod/claims.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../api/resource.ts';
import { nodeOfDirectory } from '../../api/storage/localPath.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../api/types.ts';
import type { VolumeContext } from './contract.ts';
import { hostPath } from './hostPath.ts';
import { giveTree } from './ownership.ts';

/** Whether the volume stands for a claim of the pod. */
export const isClaim = ({ persistentVolumeClaim, ephemeral }: Volume): boolean =>
  (persistentVolumeClaim ?? ephemeral) !== undefined;

/** Makes the directory of a volume that the cluster made for this node, and says where it is. */
export type DirectoryOf = (volume: PersistentVolume) => Promise<string>;

/** The path of what the claim is bound to. Rejects as long as it has nothing. */
export async function claimedPath(
  volume: Volume,
  { pod, object }: Pick<VolumeContext, 'pod' | 'object'>,
  directoryOf: DirectoryOf,
): Promise<string> {
  const name = claimNameOf(volume, pod.metadata.name) ?? '';
  const claim = usable(await object(persistentVolumeClaims, name), name, volume, pod);
  const volumeName = claim.spec?.volumeName ?? '';
  const found = await object(persistentVolumes, volumeName);
  if (!found) throw new Error(`failed to fetch PV ${volumeName} from API server: it does not exist`);
  if (!isPromisedTo(found, claim))
    throw new Error(`PVC ${name} is not bound to PV ${volumeName}, which has another claim`);
  return pathOf(found, pod, directoryOf);
}

function usable(
  claim: PersistentVolumeClaim | undefined,
  name: string,
  volume: Volume,
  pod: Pod,
): PersistentVolumeClaim {
  const where = `PVC ${pod.metadata.namespace}/${name}`;
  const failed = (why: string) => new Error(`error processing ${where}: ${why}`);
  if (!claim) throw failed(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  const { ownerReferences = [], deletionTimestamp } = claim.metadata;
  if (volume.ephemeral && !ownerReferences.some(({ uid }) => uid === pod.metadata.uid))
    throw failed(
      `${where} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`,
    );
  // Kept from a pod that begins only now; one that runs already keeps the claim.
  if (deletionTimestamp && pod.status?.phase !== 'Running') throw failed('PVC is being deleted');
  if (claim.status?.phase !== 'Bound' || !claim.spec?.volumeName) throw failed('PVC is not bound');
  if (claim.spec.volumeMode === 'Block') throw failed('volumeMode Block is not supported');
  return claim;
}

async function pathOf(volume: PersistentVolume, pod: Pod, directoryOf: DirectoryOf): Promise<string> {
  const { spec, metadata } = volume;
  if (spec?.hostPath) return hostPath(spec.hostPath);
  if (!spec?.local) throw new Error(`PV ${metadata.name} is of a type that is not supported`);
  const isOurs = nodeOfDirectory(volume) !== undefined;
  const path = isOurs ? await directoryOf(volume) : spec.local.path;
  if (!statSync(path, { throwIfNoEntry: false })) throw new Error(`path "${path}" does not exist`);
  const { fsGroup, fsGroupChangePolicy } = pod.spec?.securityContext ?? {};
  if (fsGroup !== undefined) giveTree(path, fsGroup, fsGroupChangePolicy);
  return path;
}
