/**
 * When a claim or a volume that was deleted may go.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
 */
import { finalizer } from '../../api/storage/words.ts';
import type { KubeObject, PersistentVolume, Pod } from '../../api/types.ts';

export const isHeldBy = ({ metadata }: KubeObject, name: string): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(name) ?? false);

/** A pod that no node has yet does not count: it will not start with a claim that goes. */
export const keepsClaims = (pod: Pod): boolean => Boolean(pod.spec?.nodeName);

/** Nobody has the volume any more. */
export const mayGo = (volume: PersistentVolume): boolean =>
  isHeldBy(volume, finalizer.volume) && volume.status?.phase !== 'Bound';
