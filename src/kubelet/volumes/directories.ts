/**
 * The directories of volumes that the cluster made for this node: each is made when a pod first needs it,
 * and removed when its PersistentVolume goes. A finalizer of the node's keeps that waiting as long.
 */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isConflict, isForbidden, isNotFound } from '../../api/errors.ts';
import { persistentVolumes } from '../../api/resource.ts';
import { directoryFinalizer, nodeOfDirectory } from '../../api/storage/localPath.ts';
import type { PersistentVolume } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import { workQueue } from '../../client/queue.ts';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import type { WatchedObjects } from '../objects.ts';
import type { DirectoryOf } from './claim.ts';

const log = logger('volumes');

export interface DirectoriesOptions {
  client: Client;
  objects: WatchedObjects;
  nodeName: string;
  /** Where they stand, one for each volume. */
  root: string;
  clock: Clock;
  signal: AbortSignal;
}

const holder = (name: string) => `volume ${name}`;

export function volumeDirectories(options: DirectoriesOptions): DirectoryOf {
  const { client, objects, nodeName, root, clock, signal } = options;
  mkdirSync(root, { recursive: true });
  const followed = new Set<string>();
  const queue = workQueue({ name: 'volume-directories', clock, signal, process: look });
  objects.onChange((who) => {
    const name = [...followed].find((one) => holder(one) === who);
    if (name !== undefined) queue.add(name);
  });
  for (const name of readdirSync(root)) queue.add(name);

  async function look(name: string): Promise<void> {
    if (!followed.has(name) && !(await isOwn(name))) return;
    followed.add(name);
    const volume = await objects.get(persistentVolumes, '', name, holder(name));
    if (volume && !isLast(volume)) return;
    if (volume) await remove(volume);
    followed.delete(name);
    objects.release(holder(name));
  }

  /** What was left behind by a volume that is not known any more stays for its owner to look at. */
  async function isOwn(name: string): Promise<boolean> {
    try {
      return nodeOfDirectory(await client.get(persistentVolumes, name)) === nodeName;
    } catch (err) {
      if (isNotFound(err) || isForbidden(err)) return false;
      throw err;
    }
  }

  async function remove({ metadata, spec }: PersistentVolume): Promise<void> {
    const { name } = metadata;
    if (spec?.persistentVolumeReclaimPolicy === 'Delete') {
      await rm(join(root, name), { recursive: true, force: true });
      log.info({ volume: name }, 'the directory of a volume was removed');
    }
    await mark(name, (finalizers) => finalizers.filter((one) => one !== directoryFinalizer));
  }

  async function mark(name: string, change: (finalizers: string[]) => string[]): Promise<void> {
    for (;;) {
      const { metadata } = await client.get(persistentVolumes, name);
      const { finalizers = [], resourceVersion } = metadata;
      const wanted = change(finalizers);
      if (wanted.length === finalizers.length) return;
      try {
        await client.patch(
          persistentVolumes,
          { name },
          { metadata: { finalizers: wanted, resourceVersion } },
        );
        return;
      } catch (err) {
        if (!isConflict(err) || signal.aborted) throw err;
      }
    }
  }

  return async (volume) => {
    const { name, deletionTimestamp, finalizers } = volume.metadata;
    const path = join(root, name);
    if (nodeOfDirectory(volume) !== nodeName || volume.spec?.local?.path !== path)
      throw new Error(`PV ${name} is a directory of another node`);
    if (deletionTimestamp) throw new Error(`PV ${name} is being deleted`);
    if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o777);
    if (!finalizers?.includes(directoryFinalizer))
      await mark(name, (known) => [...new Set([...known, directoryFinalizer])]);
    queue.add(name);
    return path;
  };
}

/** Nobody else holds the volume any more. */
const isLast = ({ metadata: { deletionTimestamp, finalizers = [] } }: PersistentVolume): boolean =>
  deletionTimestamp !== undefined && finalizers.every((name) => name === directoryFinalizer);
