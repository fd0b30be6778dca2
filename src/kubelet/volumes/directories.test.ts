import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { conflict, notFound } from '../../api/errors.ts';
import { persistentVolumes } from '../../api/resource.ts';
import { directoryFinalizer, localPathProvisioner, nodeAnnotation } from '../../api/storage/localPath.ts';
import { annotation } from '../../api/storage/words.ts';
import type { PersistentVolume } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import { systemClock } from '../../lib/clock.ts';
import type { WatchedObjects } from '../objects.ts';
import { volumeDirectories } from './directories.ts';

let root = '';
let end: AbortController;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'directories-'));
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  rmSync(root, { recursive: true });
});

/** An API that has one volume, and a watch that tells of its changes. */
class Api {
  volume: PersistentVolume | undefined;
  conflicts = 0;
  readonly #listeners: ((holder: string) => void)[] = [];

  constructor(policy: string, node = 'a') {
    this.volume = {
      metadata: {
        name: 'v',
        finalizers: ['kubernetes.io/pv-protection'],
        annotations: { [annotation.provisionedBy]: localPathProvisioner, [nodeAnnotation]: node },
      },
      spec: { persistentVolumeReclaimPolicy: policy, local: { path: join(root, 'v') } },
    };
  }

  get finalizers(): string[] {
    return this.volume?.metadata.finalizers ?? [];
  }

  change(metadata: Partial<PersistentVolume['metadata']>): void {
    if (!this.volume) return;
    this.volume = { ...this.volume, metadata: { ...this.volume.metadata, ...metadata } };
    if (metadata.finalizers?.length === 0) this.volume = undefined;
    for (const listener of this.#listeners) listener('volume v');
  }

  start() {
    const client = {
      get: async () => {
        if (!this.volume) throw notFound(persistentVolumes, 'v');
        return this.volume;
      },
      patch: async (_: unknown, __: unknown, { metadata }: { metadata: { finalizers: string[] } }) => {
        if (this.conflicts-- > 0) throw conflict(persistentVolumes, 'v', 'changed');
        this.change({ finalizers: metadata.finalizers });
      },
    } as unknown as Client;
    const objects = {
      get: async () => this.volume,
      release: () => {},
      onChange: (listener: (holder: string) => void) => void this.#listeners.push(listener),
    } as unknown as WatchedObjects;
    return volumeDirectories({
      client,
      objects,
      nodeName: 'a',
      root,
      clock: systemClock,
      signal: end.signal,
    });
  }
}

const deletionTimestamp = '2026-01-01T00:00:00Z';

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 4000 && !holds(); i++) await sleep(5);
  assert.ok(holds());
}

test('a directory is made for everybody, and its volume waits for it from then on', async () => {
  const api = new Api('Delete');
  api.conflicts = 1;
  const path = await api.start()(api.volume as PersistentVolume);
  assert.equal(path, join(root, 'v'));
  assert.equal(statSync(path).mode & 0o777, 0o777);
  assert.deepEqual(api.finalizers, ['kubernetes.io/pv-protection', directoryFinalizer]);
});

test('it is removed when its volume goes and nobody else holds that', async () => {
  const api = new Api('Delete');
  const path = await api.start()(api.volume as PersistentVolume);
  writeFileSync(join(path, 'file'), 'data');
  api.change({ deletionTimestamp });
  await sleep(20);
  assert.ok(existsSync(join(path, 'file')), 'a claim may still hold the volume');
  api.change({ finalizers: [directoryFinalizer] });
  await until(() => api.volume === undefined);
  assert.equal(existsSync(path), false);
});

test('it stays when its volume is to be retained', async () => {
  const api = new Api('Retain');
  const path = await api.start()(api.volume as PersistentVolume);
  api.change({ deletionTimestamp, finalizers: [directoryFinalizer] });
  await until(() => api.volume === undefined);
  assert.ok(existsSync(path));
});

test('what went while no agent was there is removed when one comes', async () => {
  mkdirSync(join(root, 'v'));
  const api = new Api('Delete');
  api.change({ deletionTimestamp, finalizers: [directoryFinalizer] });
  api.start();
  await until(() => !existsSync(join(root, 'v')));
});

test('what no volume is known of stays for its owner to look at', async () => {
  mkdirSync(join(root, 'v'));
  const api = new Api('Delete');
  api.volume = undefined;
  api.start();
  await sleep(30);
  assert.ok(existsSync(join(root, 'v')));
});

test('a directory of another node, or one that goes, is refused', async () => {
  const other = new Api('Delete', 'b');
  await assert.rejects(other.start()(other.volume as PersistentVolume), /is a directory of another node$/);
  const going = new Api('Delete');
  going.change({ deletionTimestamp });
  await assert.rejects(going.start()(going.volume as PersistentVolume), /is being deleted$/);
});
