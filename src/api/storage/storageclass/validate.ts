/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/storage-class-v1/ */
import { type FieldError, fieldForbidden } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import type { StorageClass } from '../../types.ts';
import { immutable, isSame, named, oneOf } from '../../validate/checks.ts';

export const validateStorageClass = (made: StorageClass): FieldError[] => [
  ...named('provisioner', made.provisioner, (name) => isQualifiedName(name.toLowerCase())),
  ...oneOf('reclaimPolicy', made.reclaimPolicy, ['Delete', 'Retain']),
  ...oneOf('volumeBindingMode', made.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
];

/** Volumes were made as the class says: it only changes in what comes later. */
export const validateStorageClassUpdate = (now: StorageClass, old: StorageClass): FieldError[] => [
  ...(['parameters', 'provisioner', 'reclaimPolicy'] as const)
    .filter((key) => !isSame(now[key], old[key]))
    .map((key) => fieldForbidden(key, `updates to ${key} are forbidden.`)),
  ...immutable('volumeBindingMode', now.volumeBindingMode, old.volumeBindingMode),
];
