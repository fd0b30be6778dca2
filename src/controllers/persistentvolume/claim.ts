/**
 * What becomes of a claim next.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#lifecycle-of-a-volume-and-claim
 */
import { bestVolume, classOf, isPromisedTo, mismatch } from '../../api/core/persistentvolume/match.ts';
import { localPathProvisioner } from '../../api/storage/localPath.ts';
import { annotation, noProvisioner } from '../../api/storage/words.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts';
import { refusal } from './provision.ts';

export interface Surveyed {
  volume(name: string): PersistentVolume | undefined;
  volumes(): Iterable<PersistentVolume>;
  storageClass(name: string): StorageClass | undefined;
  defaultClass(): StorageClass | undefined;
  node(name: string): Node | undefined;
  /** A pod that uses the claim and has no node yet. */
  waitingPod(claim: PersistentVolumeClaim): string | undefined;
}

export interface Said {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export type ClaimStep =
  | { do: 'bind'; volume: PersistentVolume }
  | { do: 'provision'; storageClass: StorageClass; node: Node }
  | { do: 'setClass'; name: string }
  | { do: 'await'; provisioner: string; say: Said }
  /** The node on which the volume was to be is not there: its pod is to be placed anew. */
  | { do: 'unselect'; say: Said }
  | { do: 'lose'; say: Said }
  | { do: 'wait'; say?: Said };

const normal = (reason: string, message: string): Said => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): Said => ({ type: 'Warning', reason, message });

export function nextStep(claim: PersistentVolumeClaim, world: Surveyed): ClaimStep {
  return claim.spec?.volumeName ? withNamed(claim, claim.spec.volumeName, world) : withAny(claim, world);
}

function withNamed(claim: PersistentVolumeClaim, name: string, world: Surveyed): ClaimStep {
  const wasBound = claim.metadata.annotations?.[annotation.bindCompleted] !== undefined;
  const volume = world.volume(name);
  if (!volume && wasBound)
    return {
      do: 'lose',
      say: warning('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'),
    };
  if (!volume) return { do: 'wait' };
  if (volume.spec?.claimRef && !isPromisedTo(volume, claim))
    return wasBound
      ? {
          do: 'lose',
          say: warning(
            'ClaimMisbound',
            'Two claims are bound to the same volume, this one is bound incorrectly',
          ),
        }
      : { do: 'wait', say: warning('FailedBinding', `volume "${name}" already bound to a different claim.`) };
  const why = wasBound || volume.spec?.claimRef ? undefined : mismatch(volume, claim);
  if (!why) return { do: 'bind', volume };
  return { do: 'wait', say: warning('VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`) };
}

function withAny(claim: PersistentVolumeClaim, world: Surveyed): ClaimStep {
  const promised = bestVolume(world.volumes(), claim, ({ spec }) => spec?.claimRef !== undefined);
  if (promised) return { do: 'bind', volume: promised };
  const storageClass = world.storageClass(classOf(claim));
  const selected = claim.metadata.annotations?.[annotation.selectedNode];
  if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && selected === undefined)
    return { do: 'wait', say: waitForPod(claim, world) };
  const found = selected === undefined ? bestVolume(world.volumes(), claim) : undefined;
  if (found) return { do: 'bind', volume: found };
  if (storageClass) return provision(claim, storageClass, selected, world);
  return withoutClass(claim, world);
}

function waitForPod(claim: PersistentVolumeClaim, world: Surveyed): Said {
  const pod = world.waitingPod(claim);
  return pod === undefined
    ? normal('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    : normal('WaitForPodScheduled', `waiting for pod ${pod} to be scheduled`);
}

function withoutClass(claim: PersistentVolumeClaim, world: Surveyed): ClaimStep {
  const name = classOf(claim);
  if (name !== '')
    return {
      do: 'wait',
      say: warning('ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`),
    };
  const fallback = claim.spec?.storageClassName === undefined ? world.defaultClass() : undefined;
  if (fallback) return { do: 'setClass', name: fallback.metadata.name };
  const message = 'no persistent volumes available for this claim and no storage class is set';
  return { do: 'wait', say: normal('FailedBinding', message) };
}

function provision(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  selected: string | undefined,
  world: Surveyed,
): ClaimStep {
  const { provisioner, metadata } = storageClass;
  if (provisioner !== localPathProvisioner) return elsewhere(provisioner);
  const failed = (why: string) =>
    warning('ProvisioningFailed', `failed to provision volume with StorageClass "${metadata.name}": ${why}`);
  const why = refusal(claim, storageClass);
  if (why) return { do: 'wait', say: failed(why) };
  const node = world.node(selected ?? '');
  return node
    ? { do: 'provision', storageClass, node }
    : { do: 'unselect', say: failed(`node "${selected}" not found`) };
}

/** Somebody else makes the volume, or nobody does. */
function elsewhere(provisioner: string): ClaimStep {
  if (provisioner === noProvisioner) {
    const message = `no volume plugin matched name: ${provisioner}`;
    return { do: 'wait', say: warning('ProvisioningFailed', message) };
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return { do: 'await', provisioner, say: normal('ExternalProvisioning', message) };
}
