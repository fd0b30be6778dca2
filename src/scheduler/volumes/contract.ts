/** What the scheduler knows of storage. */
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';

export interface Volumes {
  /** `namespace/name` */
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  storageClass(name: string): StorageClass | undefined;
  /** Volumes that nobody has, and that no pod which is being bound will have. */
  free(): Iterable<PersistentVolume>;
  /** Pods that name the claim: `namespace/name`. */
  podsWith(claimKey: string): Iterable<Pod>;
}
