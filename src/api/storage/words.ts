/**
 * Annotations and finalizers by which scheduler, controllers and nodes tell each other about volumes.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
export const annotation = {
  /** On a claim: the binding is written on both sides. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** The controller chose the other side, not a person, and may take that back. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** On a volume: who made what it stands for. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** On a claim: who is to make a volume for it, and on which node its first pod will be. */
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  selectedNode: 'volume.kubernetes.io/selected-node',
  /** On a StorageClass: `true` makes it the one that is meant where none is named. */
  isDefaultClass: 'storageclass.kubernetes.io/is-default-class',
} as const;

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection */
export const finalizer = {
  claim: 'kubernetes.io/pvc-protection',
  volume: 'kubernetes.io/pv-protection',
} as const;

/** A class of this provisioner only gives volumes their name: nobody makes any. */
export const noProvisioner = 'kubernetes.io/no-provisioner';
