/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#persistentvolumeclaimresize */
import { classOf, requestedStorage } from '../../../api/core/persistentvolume/match.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import { persistentVolumeClaims } from '../../../api/resource.ts';
import type { PersistentVolumeClaim } from '../../../api/types.ts';
import type { AdmissionPlugin } from '../contract.ts';
import { isAbout, objectOf, refuse } from '../operation.ts';
import type { StorageClassDeps } from './defaultClass.ts';

/** A claim only grows if its class allows it. */
export const claimResize = (deps: StorageClassDeps): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  handles: (operation) => operation.verb === 'update' && isAbout(operation, persistentVolumeClaims),
  async admit(operation) {
    const claim = objectOf(operation, persistentVolumeClaims);
    const old = operation.old as PersistentVolumeClaim | undefined;
    if (!old || compareQuantities(requestedStorage(claim), requestedStorage(old)) <= 0) return undefined;
    if (old.status?.phase !== 'Bound')
      throw refuse(operation, 'Only bound persistent volume claims can be expanded');
    const name = classOf(claim);
    const found = (await deps.storageClasses()).find(({ metadata }) => metadata.name === name);
    if (found?.allowVolumeExpansion) return undefined;
    throw refuse(
      operation,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
});
