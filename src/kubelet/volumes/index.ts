/** The volumes of the pods on this node: made before containers start, kept up to date, taken away at the end. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod, Volume } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { unmount } from '../../lib/linux/mount.ts';
import { logger } from '../../lib/log.ts';
import type { WatchedObjects } from '../objects.ts';
import type { Addresses } from '../pod/container/fields.ts';
import { writeAtomically } from './atomic.ts';
import { claimedPath, type DirectoryOf, isClaim } from './claim.ts';
import { configMap } from './configMap.ts';
import type { Payload, VolumeContext } from './contract.ts';
import { downwardAPI } from './downwardAPI.ts';
import { emptyDir } from './emptyDir.ts';
import { hostPath } from './hostPath.ts';
import { inMemory } from './inMemory.ts';
import { projected } from './projected.ts';
import { secret } from './secret.ts';
import type { Tokens } from './tokens.ts';

const log = logger('volumes');

export interface PodVolumes {
  /** Path by name of volume. Idempotent; keeps the files that come from the API up to date from then on. */
  setUp(pod: Pod, addresses: Addresses): Promise<Map<string, string>>;
  /** The pod itself changed: its labels may stand in files. */
  podChanged(pod: Pod): void;
  tearDown(uid: string): void;
}

export interface VolumesOptions {
  /** Of a pod, by uid. */
  directoryOf: (uid: string) => string;
  objects: WatchedObjects;
  directoryOfVolume: DirectoryOf;
  tokens: Tokens;
  allocatable: () => Record<string, string>;
  clock: Clock;
  signal: AbortSignal;
}

interface Held {
  pod: Pod;
  addresses: Addresses;
  stop: AbortController;
}

export function podVolumes(options: VolumesOptions): PodVolumes {
  const { directoryOf, directoryOfVolume, objects, tokens, allocatable, clock, signal } = options;
  const held = new Map<string, Held>();
  const refreshing = new Map<string, Promise<void>>();
  objects.onChange((uid) => refresh(uid));

  function contextOf({ pod, addresses }: Held): VolumeContext {
    const { uid = '', namespace = '' } = pod.metadata;
    return {
      pod,
      ...addresses,
      allocatable: allocatable(),
      object: (resource, name) => objects.get(resource, resource.namespaced ? namespace : '', name, uid),
      token: (audience, expirationSeconds) => tokens.get(pod, audience, expirationSeconds),
    };
  }

  async function setUpOne(volume: Volume, one: Held): Promise<string> {
    if (volume.hostPath) return hostPath(volume.hostPath);
    if (isClaim(volume)) return claimedPath(volume, contextOf(one), directoryOfVolume);
    const directory = join(directoryOf(one.pod.metadata.uid ?? ''), 'volumes', volume.name);
    const gid = one.pod.spec?.securityContext?.fsGroup;
    if (volume.emptyDir) {
      emptyDir(volume.emptyDir, directory);
      if (gid !== undefined) giveToGroup(directory, gid);
      return directory;
    }
    const payload = await payloadOf(volume, contextOf(one));
    mkdirSync(directory, { recursive: true });
    // What is secret is never written to a disk.
    if (volume.secret || volume.projected) inMemory(directory, 'mode=0755');
    writeAtomically(directory, payload, gid);
    return directory;
  }

  /** One after the other, the last one with the newest objects. */
  function refresh(uid: string): void {
    const before = refreshing.get(uid) ?? Promise.resolve();
    const next = before.then(async () => {
      const one = held.get(uid);
      if (!one) return;
      for (const volume of one.pod.spec?.volumes ?? []) if (comesFromApi(volume)) await setUpOne(volume, one);
    });
    const logged = next.catch((err: unknown) =>
      log.warn({ uid, err: String(err) }, 'volumes were not updated'),
    );
    refreshing.set(uid, logged);
  }

  async function keepTokensFresh(uid: string, stop: AbortSignal): Promise<void> {
    for (;;) {
      const atMs = tokens.refreshAtMs(uid);
      if (atMs === undefined) return;
      await clock.sleep(Math.max(atMs - clock.now(), 1_000), stop);
      if (stop.aborted) return;
      refresh(uid);
      await refreshing.get(uid);
    }
  }

  return {
    async setUp(pod, addresses) {
      const uid = pod.metadata.uid ?? '';
      held.get(uid)?.stop.abort();
      const one: Held = { pod, addresses, stop: new AbortController() };
      held.set(uid, one);
      const volumes = pod.spec?.volumes ?? [];
      const paths = await Promise.all(
        volumes.map(async (volume): Promise<[string, string]> => {
          try {
            return [volume.name, await setUpOne(volume, one)];
          } catch (err) {
            const why = err instanceof Error ? err.message : String(err);
            throw new Error(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`);
          }
        }),
      );
      void keepTokensFresh(uid, AbortSignal.any([signal, one.stop.signal]));
      return new Map(paths);
    },
    podChanged(pod) {
      const one = held.get(pod.metadata.uid ?? '');
      if (!one || one.pod.metadata.resourceVersion === pod.metadata.resourceVersion) return;
      const told = (p: Pod) => JSON.stringify([p.metadata.labels, p.metadata.annotations]);
      const changed = told(one.pod) !== told(pod);
      one.pod = pod;
      if (changed) refresh(pod.metadata.uid ?? '');
    },
    tearDown(uid) {
      held.get(uid)?.stop.abort();
      held.delete(uid);
      refreshing.delete(uid);
      objects.release(uid);
      tokens.forget(uid);
      removeAll(join(directoryOf(uid), 'volumes'));
    },
  };
}

const comesFromApi = ({ configMap, secret, projected, downwardAPI }: Volume): boolean =>
  Boolean(configMap ?? secret ?? projected ?? downwardAPI);

function payloadOf(volume: Volume, context: VolumeContext): Promise<Payload> {
  if (volume.configMap) return configMap(volume.configMap, context);
  if (volume.secret) return secret(volume.secret, context);
  if (volume.projected) return projected(volume.projected, context);
  if (volume.downwardAPI) return downwardAPI(volume.downwardAPI, context);
  const type = Object.keys(volume).find((key) => key !== 'name');
  throw new Error(`volumes of type ${type} are not supported`);
}

function giveToGroup(directory: string, gid: number): void {
  const { uid, mode } = statSync(directory);
  chownSync(directory, uid, gid);
  chmodSync(directory, (mode & 0o7777) | 0o2770);
}

function removeAll(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) unmount(join(directory, name));
  rmSync(directory, { recursive: true, force: true });
}
