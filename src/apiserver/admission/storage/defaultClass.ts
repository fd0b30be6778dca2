/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#defaultstorageclass */
import { persistentVolumeClaims } from '../../../api/resource.ts';
import { defaultClassOf } from '../../../api/storage/defaultClass.ts';
import type { StorageClass } from '../../../api/types.ts';
import type { AdmissionPlugin } from '../contract.ts';
import { isAbout, objectOf } from '../operation.ts';

export interface StorageClassDeps {
  storageClasses(): Promise<readonly StorageClass[]>;
}

/** A claim that names no class asks for the default one; with an empty name it asks for none. */
export const defaultStorageClass = (deps: StorageClassDeps): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  handles: (operation) => operation.verb === 'create' && isAbout(operation, persistentVolumeClaims),
  async admit(operation) {
    const { spec } = objectOf(operation, persistentVolumeClaims);
    if (!spec || spec.storageClassName !== undefined) return undefined;
    const found = defaultClassOf(await deps.storageClasses());
    if (found) spec.storageClassName = found.metadata.name;
    return undefined;
  },
});
