/** Brings claims and volumes together, makes volumes, and takes them away. One key at a time: no volume is given twice. */
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../../api/resource.ts';
import { defaultClassOf } from '../../api/storage/defaultClass.ts';
import { directoryFinalizer } from '../../api/storage/localPath.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { withoutFinalizer } from '../garbagecollector/desired.ts';
import type { Context, Controller } from '../loop.ts';
import { ownWrites } from '../ownWrites.ts';
import { actOnClaim } from './actOnClaim.ts';
import { actOnVolume } from './actOnVolume.ts';
import { nextStep as nextForClaim, type Surveyed } from './claim.ts';
import { isAbandoned, nextStep as nextForVolume } from './volume.ts';

const claimKey = (claim: { namespace?: string; name?: string }) => `claim ${claim.namespace}/${claim.name}`;
const volumeKey = (name: string) => `volume ${name}`;

export const persistentVolume: Controller = {
  name: 'persistentvolume-controller',
  start(context) {
    const volumes = context.watch(persistentVolumes, (now, before) => [
      volumeKey((now ?? before)?.metadata.name ?? ''),
      ...claimsAbout(now ?? before, claims),
    ]);
    const claims: Informer<PersistentVolumeClaim> = context.watch(persistentVolumeClaims, (now, before) => {
      const claim = now ?? before;
      const volume = claim?.spec?.volumeName;
      return [...(claim ? [claimKey(claim.metadata)] : []), ...(volume ? [volumeKey(volume)] : [])];
    });
    const unbound = () =>
      [...claims.list()].filter((c) => !c.spec?.volumeName).map((c) => claimKey(c.metadata));
    const classes = context.watch(storageClasses, unbound);
    const known = context.watch(nodes, (now, before) =>
      now
        ? []
        : [...volumes.list()].map(({ metadata }) => volumeKey(metadata.name)).concat(before ? unbound() : []),
    );
    const waiting = context.look(pods);
    const written = ownWrites(volumes, context.clock);
    const all = () => written.over([...volumes.list()], () => true);
    const byName = (name: string): PersistentVolume | undefined => {
      const found = volumes.get(name);
      return written.over(found ? [found] : [], ({ metadata }) => metadata.name === name)[0];
    };

    const world: Surveyed = {
      volume: byName,
      volumes: all,
      storageClass: (name) => classes.get(name),
      defaultClass: () => defaultClassOf(classes.list()),
      node: (name) => known.get(name),
      waitingPod: (claim) =>
        waiting.by('claim', keyOf(claim)).find((pod) => !pod.spec?.nodeName)?.metadata.name,
    };

    async function syncClaim(key: string): Promise<void> {
      const claim = claims.get(key);
      if (claim) await actOnClaim(context, claim, nextForClaim(claim, world), written);
    }

    async function syncVolume(name: string): Promise<void> {
      const volume = byName(name);
      if (!volume) return;
      if (isAbandoned(volume, (node) => known.get(node) !== undefined)) {
        await context.client.update(persistentVolumes, withoutFinalizer(volume, directoryFinalizer));
        return;
      }
      const claim = await claimOf(context, volume, claims);
      await actOnVolume(context, volume, nextForVolume(volume, claim), written);
    }

    return async (key) => {
      const [kind, name = ''] = key.split(' ');
      await (kind === 'claim' ? syncClaim(name) : syncVolume(name)).catch(unlessGone);
    };
  },
};

/** A volume that comes, or is free again, may be what a claim waits for. */
function claimsAbout(
  volume: PersistentVolume | undefined,
  claims: Informer<PersistentVolumeClaim>,
): string[] {
  const ref = volume?.spec?.claimRef;
  if (ref) return [claimKey(ref)];
  return [...claims.list()].filter((c) => !c.spec?.volumeName).map((c) => claimKey(c.metadata));
}

/** That a claim is gone is only believed when the server says so: what it had may be deleted for that. */
async function claimOf(
  { client }: Context,
  { spec }: PersistentVolume,
  claims: Informer<PersistentVolumeClaim>,
): Promise<PersistentVolumeClaim | undefined> {
  const { namespace = '', name = '', uid } = spec?.claimRef ?? {};
  if (!uid) return undefined;
  const known = claims.get(`${namespace}/${name}`);
  if (known?.metadata.uid === uid) return known;
  try {
    const found = await client.get(persistentVolumeClaims, name, namespace);
    return found.metadata.uid === uid ? found : undefined;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

function unlessGone(err: unknown): void {
  if (!isNotFound(err) && !isAlreadyExists(err)) throw err;
}
