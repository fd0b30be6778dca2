/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-storage-capacity-v1/ */
import type { FieldError } from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import type { CSIStorageCapacity } from '../../types.ts';
import { immutable, named } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';

export const validateCSIStorageCapacity = (capacity: CSIStorageCapacity): FieldError[] => [
  ...named('storageClassName', capacity.storageClassName, isDnsSubdomain),
  ...validateLabelSelector('nodeTopology', capacity.nodeTopology),
];

export const validateCSIStorageCapacityUpdate = (
  now: CSIStorageCapacity,
  old: CSIStorageCapacity,
): FieldError[] => [
  ...immutable('nodeTopology', now.nodeTopology, old.nodeTopology),
  ...immutable('storageClassName', now.storageClassName, old.storageClassName),
];
