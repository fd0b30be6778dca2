/** Carries out what was decided for a volume. */
import { persistentVolumes } from '../../api/resource.ts';
import { annotation } from '../../api/storage/words.ts';
import type { PersistentVolume } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import type { Context } from '../loop.ts';
import type { OwnWrites } from '../ownWrites.ts';
import type { VolumeStep } from './volume.ts';

export async function actOnVolume(
  context: Context,
  volume: PersistentVolume,
  step: VolumeStep,
  written: OwnWrites<PersistentVolume>,
): Promise<void> {
  const { client, events } = context;
  switch (step.do) {
    case 'phase':
      return setPhase(context, volume, { phase: step.phase }, written);
    case 'free':
      written.wrote(await client.update(persistentVolumes, freed(volume)));
      return;
    case 'delete':
      if (volume.metadata.deletionTimestamp) return;
      await client.delete(persistentVolumes, { name: volume.metadata.name });
      return;
    case 'fail':
      if (volume.status?.phase !== 'Failed')
        events.event(persistentVolumes, volume, 'Warning', step.reason, step.message);
      return setPhase(context, volume, { phase: 'Failed', message: step.message }, written);
  }
}

type Status = NonNullable<PersistentVolume['status']>;

async function setPhase(
  { client, clock }: Context,
  volume: PersistentVolume,
  { phase, message }: { phase: string; message?: string },
  written: OwnWrites<PersistentVolume>,
): Promise<void> {
  const { phase: before } = volume.status ?? {};
  // What has failed stays so until somebody has looked at it.
  if (before === phase || (before === 'Failed' && phase === 'Released')) return;
  const status: Status = {
    phase,
    lastPhaseTransitionTime: rfc3339(clock.now()),
    ...(message !== undefined && { message }),
  };
  written.wrote(await client.update(persistentVolumes, { ...volume, status }, 'status'));
}

function freed(volume: PersistentVolume): PersistentVolume {
  const { claimRef: _, ...spec } = volume.spec ?? {};
  const { [annotation.boundByController]: __, ...annotations } = volume.metadata.annotations ?? {};
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec };
}
