/** Carries out what was decided for a claim. */
import { isDeepStrictEqual } from 'node:util';
import { requestedStorage } from '../../api/core/persistentvolume/match.ts';
import { promisedTo } from '../../api/core/persistentvolume/promise.ts';
import { isAlreadyExists } from '../../api/errors.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../api/resource.ts';
import { localPathProvisioner } from '../../api/storage/localPath.ts';
import { annotation } from '../../api/storage/words.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import type { Context } from '../loop.ts';
import type { OwnWrites } from '../ownWrites.ts';
import type { ClaimStep, Said } from './claim.ts';
import { volumeFor } from './provision.ts';

export async function actOnClaim(
  context: Context,
  claim: PersistentVolumeClaim,
  step: ClaimStep,
  written: OwnWrites<PersistentVolume>,
): Promise<void> {
  switch (step.do) {
    case 'bind':
      return bind(context, claim, step.volume, written);
    case 'provision':
      return provision(context, claim, step, written);
    case 'setClass':
      return update(context, { ...claim, spec: { ...claim.spec, storageClassName: step.name } });
    case 'await':
      tell(context, claim, step.say);
      return annotate(context, claim, step.provisioner);
    case 'unselect':
      tell(context, claim, step.say);
      return unselect(context, claim);
    case 'lose':
      if (claim.status?.phase === 'Lost') return;
      tell(context, claim, step.say);
      await setStatus(context, claim, { ...claim.status, phase: 'Lost' });
      return;
    case 'wait':
      if (step.say) tell(context, claim, step.say);
  }
}

const tell = ({ events }: Context, claim: PersistentVolumeClaim, { type, reason, message }: Said) =>
  events.event(persistentVolumeClaims, claim, type, reason, message);

async function update({ client }: Context, claim: PersistentVolumeClaim): Promise<void> {
  await client.update(persistentVolumeClaims, claim);
}

const withAnnotations = (
  claim: PersistentVolumeClaim,
  more: Record<string, string>,
): PersistentVolumeClaim => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, ...more } },
});

async function annotate(context: Context, claim: PersistentVolumeClaim, provisioner: string): Promise<void> {
  if (claim.metadata.annotations?.[annotation.provisioner] === provisioner) return;
  await update(context, withAnnotations(claim, { [annotation.provisioner]: provisioner }));
}

async function unselect(context: Context, claim: PersistentVolumeClaim): Promise<void> {
  const { [annotation.selectedNode]: _, ...annotations } = claim.metadata.annotations ?? {};
  await update(context, { ...claim, metadata: { ...claim.metadata, annotations } });
}

async function provision(
  context: Context,
  claim: PersistentVolumeClaim,
  { storageClass, node }: Extract<ClaimStep, { do: 'provision' }>,
  written: OwnWrites<PersistentVolume>,
): Promise<void> {
  const draft = volumeFor(claim, storageClass, node);
  const { name } = draft.metadata;
  try {
    written.wrote(await context.client.create(persistentVolumes, draft));
    const message = `Successfully provisioned volume ${name}`;
    tell(context, claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
  await annotate(context, claim, localPathProvisioner);
}

/** First the volume, then the claim: what was begun is finished by whoever comes after us. */
async function bind(
  context: Context,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  written: OwnWrites<PersistentVolume>,
): Promise<void> {
  const bound = await bindVolume(context, volume, claim, written);
  const next = boundClaim(claim, bound);
  const stored = isDeepStrictEqual(next, claim)
    ? claim
    : await context.client.update(persistentVolumeClaims, next);
  const status = boundStatus(stored, bound);
  await setStatus(context, stored, status);
}

async function bindVolume(
  { client, clock }: Context,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  written: OwnWrites<PersistentVolume>,
): Promise<PersistentVolume> {
  const wanted = grown(promisedTo(volume, claim), claim);
  let bound = volume;
  if (!isDeepStrictEqual(wanted, volume)) bound = await client.update(persistentVolumes, wanted);
  if (bound.status?.phase !== 'Bound') {
    const status = { phase: 'Bound', lastPhaseTransitionTime: rfc3339(clock.now()) };
    bound = await client.update(persistentVolumes, { ...bound, status }, 'status');
  }
  if (bound !== volume) written.wrote(bound);
  return bound;
}

/** A directory has no size of its own: a volume that was made for a claim grows as soon as the claim does. */
function grown(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const has = parseQuantity(volume.spec?.capacity?.['storage'] ?? '0');
  const isOurs = volume.metadata.annotations?.[annotation.provisionedBy] === localPathProvisioner;
  if (!isOurs || compareQuantities(has, requestedStorage(claim)) >= 0) return volume;
  const storage = claim.spec?.resources?.requests?.['storage'] ?? '0';
  return { ...volume, spec: { ...volume.spec, capacity: { ...volume.spec?.capacity, storage } } };
}

function boundClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const annotations = {
    [annotation.bindCompleted]: 'yes',
    ...(!claim.spec?.volumeName && { [annotation.boundByController]: 'yes' }),
  };
  return {
    ...withAnnotations(claim, annotations),
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  };
}

type Status = NonNullable<PersistentVolumeClaim['status']>;

const boundStatus = ({ status }: PersistentVolumeClaim, { spec }: PersistentVolume): Status => ({
  ...status,
  phase: 'Bound',
  accessModes: spec?.accessModes ?? [],
  capacity: { storage: spec?.capacity?.['storage'] ?? '0' },
});

async function setStatus({ client }: Context, claim: PersistentVolumeClaim, status: Status): Promise<void> {
  if (isDeepStrictEqual({ status }, { status: claim.status })) return;
  await client.update(persistentVolumeClaims, { ...claim, status }, 'status');
}
