/**
 * Which volumes a pod would have on a node: those that its claims are bound to, free ones that fit, or
 * new ones that are made there.
 * https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */

import { bestVolume, classOf, isReachableFrom } from '../../api/core/persistentvolume/match.ts';
import { claimNameOf } from '../../api/core/pod/claims.ts';
import { annotation, noProvisioner } from '../../api/storage/words.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import type { Volumes } from './contract.ts';

export interface PodClaims {
  /** Each with its volume. */
  bound: { claim: PersistentVolumeClaim; volume: PersistentVolume | undefined }[];
  /** Those that wait for the pod's node. */
  waiting: PersistentVolumeClaim[];
}

/** The pod's claims; a text when no node will do for it. */
export function claimsOf(pod: Pod, volumes: Volumes): PodClaims | string {
  const found: PodClaims = { bound: [], waiting: [] };
  for (const volume of pod.spec?.volumes ?? []) {
    const name = claimNameOf(volume, pod.metadata.name);
    if (name === undefined) continue;
    const claim = volumes.claim(`${pod.metadata.namespace}/${name}`);
    const why = claim
      ? unusable(pod, claim, volume.ephemeral !== undefined)
      : missing(name, volume.ephemeral);
    if (why !== undefined || !claim) return why ?? '';
    if (isBound(claim)) found.bound.push({ claim, volume: volumes.volume(claim.spec?.volumeName ?? '') });
    else if (isWaiting(claim, volumes)) found.waiting.push(claim);
    else return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return found;
}

const missing = (name: string, ephemeral: unknown): string =>
  ephemeral
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
    : `persistentvolumeclaim "${name}" not found`;

function unusable(pod: Pod, { metadata, status }: PersistentVolumeClaim, isEphemeral: boolean) {
  const { name, deletionTimestamp, ownerReferences = [] } = metadata;
  if (deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
  if (status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume`;
  if (isEphemeral && !ownerReferences.some(({ uid, controller }) => controller && uid === pod.metadata.uid))
    return `PVC ${metadata.namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
  return undefined;
}

export const isBound = ({ spec, metadata }: PersistentVolumeClaim): boolean =>
  Boolean(spec?.volumeName) && metadata.annotations?.[annotation.bindCompleted] !== undefined;

const isWaiting = (claim: PersistentVolumeClaim, volumes: Volumes): boolean =>
  !claim.spec?.volumeName &&
  volumes.storageClass(classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';

/** What is to be done for the claims that wait, once the pod has this node. */
export interface VolumePlan {
  promise: { claim: PersistentVolumeClaim; volume: PersistentVolume }[];
  provision: PersistentVolumeClaim[];
}

/** Undefined when one of them can have no volume there. */
export function planFor(
  waiting: readonly PersistentVolumeClaim[],
  node: Node,
  volumes: Volumes,
): VolumePlan | undefined {
  const plan: VolumePlan = { promise: [], provision: [] };
  const taken = new Set<string>();
  for (const claim of waiting) {
    const selected = claim.metadata.annotations?.[annotation.selectedNode];
    if (selected !== undefined && selected !== node.metadata.name) return undefined;
    const isUsable = (v: PersistentVolume) => !taken.has(v.metadata.name) && isReachableFrom(v, node);
    const volume = selected === undefined ? bestVolume(volumes.free(), claim, isUsable) : undefined;
    if (volume) {
      taken.add(volume.metadata.name);
      plan.promise.push({ claim, volume });
    } else if (canProvision(claim, volumes)) plan.provision.push(claim);
    else return undefined;
  }
  return plan;
}

const canProvision = (claim: PersistentVolumeClaim, volumes: Volumes): boolean =>
  volumes.storageClass(classOf(claim))?.provisioner !== noProvisioner;
