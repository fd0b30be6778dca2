/** A new volume for a claim: a directory on the node of the claim's first pod, which that node makes. */
import { claimRef } from '../../api/core/persistentvolume/promise.ts';
import { localPathProvisioner, nodeAnnotation, volumesDirectory } from '../../api/storage/localPath.ts';
import { annotation } from '../../api/storage/words.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';

const hostname = 'kubernetes.io/hostname';

/** As provisioners of Kubernetes name theirs. */
export const volumeName = ({ metadata }: PersistentVolumeClaim): string => `pvc-${metadata.uid}`;

/** Why no volume can be made for the claim; nothing when one can. */
export function refusal({ spec }: PersistentVolumeClaim, storageClass: StorageClass): string | undefined {
  if (spec?.volumeMode === 'Block')
    return 'a directory is no block device: volumeMode Block is not supported';
  if (spec?.selector) return 'claim Selector is not supported';
  if (spec?.dataSource ?? spec?.dataSourceRef) return 'dataSource is not supported';
  const [parameter] = Object.keys(storageClass.parameters ?? {});
  if (parameter) return `unknown parameter ${JSON.stringify(parameter)}`;
  const shared = spec?.accessModes?.find((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (shared) return `a directory is on one node: access mode ${shared} is not supported`;
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer'
    ? undefined
    : 'a directory is on one node: the class needs volumeBindingMode WaitForFirstConsumer';
}

export function volumeFor(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  node: Node,
): Draft<PersistentVolume> & { metadata: { name: string } } {
  const name = volumeName(claim);
  return {
    metadata: {
      name,
      annotations: {
        [annotation.provisionedBy]: localPathProvisioner,
        [nodeAnnotation]: node.metadata.name,
      },
    },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '0' },
      accessModes: claim.spec?.accessModes ?? [],
      claimRef: claimRef(claim),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      volumeMode: 'Filesystem',
      local: { path: `${volumesDirectory}/${name}` },
      nodeAffinity: { required: { nodeSelectorTerms: [onNode(node)] } },
    },
  };
}

const onNode = ({ metadata: { name, labels } }: Node) => ({
  matchExpressions: [{ key: hostname, operator: 'In', values: [labels?.[hostname] ?? name] }],
});
