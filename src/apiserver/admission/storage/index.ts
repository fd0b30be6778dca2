/** What stands between a request and the store for claims and volumes. */
import type { AdmissionPlugin } from '../contract.ts';
import { claimResize } from './claimResize.ts';
import { defaultStorageClass, type StorageClassDeps } from './defaultClass.ts';
import { inUseProtection } from './inUseProtection.ts';

export type { StorageClassDeps } from './defaultClass.ts';

export const storage = (deps: StorageClassDeps): AdmissionPlugin[] => [
  defaultStorageClass(deps),
  claimResize(deps),
  inUseProtection,
];
