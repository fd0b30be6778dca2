/**
 * Which volume is good for a claim. Asked by the controller that binds them, and by the scheduler, which
 * looks for a node where there is one.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
 */
import { matchesNodeTerm } from '../../nodeSelectors.ts';
import { compareQuantities, parseQuantity } from '../../quantity.ts';
import { labelSelector, matchesLabels } from '../../selectors.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../types.ts';

const storageOf = (amounts: Record<string, string> | undefined) => parseQuantity(amounts?.['storage'] ?? '0');

/** What is asked of a volume: `1Gi`. */
export const requestedStorage = ({ spec }: PersistentVolumeClaim) => storageOf(spec?.resources?.requests);

/** The class that is named, or the empty one. */
export const classOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string =>
  spec?.storageClassName ?? '';

/** Whether the volume is promised to a claim of this name; by its uid, if that is known. */
export function isPromisedTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { namespace, name, uid } = spec?.claimRef ?? {};
  return namespace === metadata.namespace && name === metadata.name && (!uid || uid === metadata.uid);
}

/** Why the claim cannot have the volume that it names; nothing when it can. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (compareQuantities(storageOf(volume.spec?.capacity), requestedStorage(claim)) < 0)
    return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode';
  const modes = volume.spec?.accessModes ?? [];
  return claim.spec?.accessModes?.every((mode) => modes.includes(mode))
    ? undefined
    : 'incompatible accessMode';
}

/** Whether the volume can be used on the node. */
export function isReachableFrom({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  return !required || required.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}

/** The volume that is promised to the claim; without one, the smallest that is free and good for it. */
export function bestVolume(
  volumes: Iterable<PersistentVolume>,
  claim: PersistentVolumeClaim,
  isUsable: (volume: PersistentVolume) => boolean = () => true,
): PersistentVolume | undefined {
  const selector = claim.spec?.selector && labelSelector(claim.spec.selector);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp || mismatch(volume, claim) || !isUsable(volume)) continue;
    if (volume.spec?.claimRef) {
      if (isPromisedTo(volume, claim)) return volume;
      continue;
    }
    if (volume.status?.phase !== 'Available') continue;
    if (selector && !matchesLabels(selector, volume.metadata.labels)) continue;
    if (!best || isSmaller(volume, best)) best = volume;
  }
  return best;
}

function isSmaller(a: PersistentVolume, b: PersistentVolume): boolean {
  const order = compareQuantities(storageOf(a.spec?.capacity), storageOf(b.spec?.capacity));
  return order < 0 || (order === 0 && a.metadata.name < b.metadata.name);
}
