/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#storageobjectinuseprotection */
import { persistentVolumeClaims, persistentVolumes } from '../../../api/resource.ts';
import { finalizer } from '../../../api/storage/words.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { isAbout } from '../operation.ts';

const finalizerFor = (operation: Operation): string | undefined => {
  if (isAbout(operation, persistentVolumeClaims)) return finalizer.claim;
  return isAbout(operation, persistentVolumes) ? finalizer.volume : undefined;
};

/** Claims and volumes wait, when they are deleted, until nobody uses them: controllers say when. */
export const inUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (operation) => operation.verb === 'create' && finalizerFor(operation) !== undefined,
  admit(operation) {
    const { metadata } = operation.object;
    metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), finalizerFor(operation) ?? ''])];
    return undefined;
  },
};
