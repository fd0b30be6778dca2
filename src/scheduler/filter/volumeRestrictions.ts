import { claimNamesOf } from '../../api/core/pod/claims.ts';
import type { Gate } from '../plugin.ts';
import { isPlaced } from '../relevance.ts';

const inUse = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';

/** ReadWriteOncePod: of the pods that name the claim only one has a node. */
export const claimsUnshared: Gate = ({ pod, key }, { volumes, snapshot }) => {
  const { namespace } = pod.metadata;
  for (const name of claimNamesOf(pod)) {
    const claimKey = `${namespace}/${name}`;
    if (!volumes.claim(claimKey)?.spec?.accessModes?.includes('ReadWriteOncePod')) continue;
    for (const other of volumes.podsWith(claimKey)) {
      const otherKey = `${other.metadata.namespace}/${other.metadata.name}`;
      if (otherKey !== key && (isPlaced(other) || snapshot.hasPlace(otherKey))) return inUse;
    }
  }
  return undefined;
};
