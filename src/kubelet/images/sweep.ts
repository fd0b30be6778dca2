/** Takes out of the store what nothing needs any more, also what a killed pull left. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readLayout } from './layout.ts';
import { ifFree } from './lock.ts';
import { mountedImages } from './mounted.ts';
import { hexOf, storePaths } from './paths.ts';
import type { ImageRecord } from './record.ts';

/** Held `shared` by whoever brings an image in. */
export const contentLock = 'content';

/** Does nothing while an image is being brought in: the next sweep finds the same garbage. */
export async function sweep(dir: string, records: readonly ImageRecord[]): Promise<void> {
  await ifFree(storePaths(dir).locks, contentLock, 'exclusive', async () => {
    const known = new Set(records.map(({ id }) => hexOf(id)));
    const mounted = await mountedImages();
    await clear(dir, 'rootfs', (hex) => known.has(hex) || mounted.has(hex));
    await clear(dir, 'oci', (hex) => known.has(hex));
    const blobs = await blobsInUse(join(dir, 'oci'));
    await clear(dir, 'blobs/sha256', (hex) => blobs.has(hex));
    await rm(storePaths(dir).tmp, { recursive: true, force: true });
  });
}

async function blobsInUse(layouts: string): Promise<Set<string>> {
  const images = await Promise.all((await entries(layouts)).map((hex) => readLayout(join(layouts, hex))));
  return new Set(images.flatMap(({ blobs }) => blobs.map(hexOf)));
}

/** Moves aside first, so that a reader sees all of a directory or nothing. */
async function clear(dir: string, folder: string, isNeeded: (name: string) => boolean): Promise<void> {
  const tmp = storePaths(dir).tmp;
  await mkdir(tmp, { recursive: true });
  for (const name of await entries(join(dir, folder))) {
    if (!isNeeded(name)) await rename(join(dir, folder, name), join(tmp, randomUUID()));
  }
}

const entries = (dir: string): Promise<string[]> =>
  readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
