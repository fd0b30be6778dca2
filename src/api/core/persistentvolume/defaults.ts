import type { PersistentVolume } from '../../types.ts';

export function defaultPersistentVolume({ spec }: PersistentVolume): void {
  if (spec?.hostPath) spec.hostPath.type ??= '';
}
