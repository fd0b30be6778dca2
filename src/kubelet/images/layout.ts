/**
 * Image layouts on disk. https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * All layouts of a store share one `blobs` directory, so that what images have in common is there once.
 */
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageConfig } from '../contract.ts';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

/** What a layout holds. */
export interface LayoutImage {
  /** Digest of the config. */
  id: string;
  /** Of its blobs, as a registry would send them. */
  sizeBytes: number;
  config: ImageConfig;
  /** Digests of all it consists of. */
  blobs: string[];
}

/** The name of the one image in each layout of ours. */
export const layoutTag = 'image';

/** An empty layout whose blobs go to `blobs` beside its parent directory. */
export async function createLayout(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await symlink('../../blobs', join(dir, 'blobs'));
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Into a layout, from a directory laid out as its `blobs`. A blob that is there already is the same. */
export async function moveBlobs(from: string, layout: string): Promise<void> {
  for (const hex of await readdir(join(from, 'sha256'))) {
    await rename(join(from, 'sha256', hex), blobPath(layout, `sha256:${hex}`));
  }
}

export async function readLayout(dir: string): Promise<LayoutImage> {
  const index: { manifests: Descriptor[] } = JSON.parse(await readFile(join(dir, 'index.json'), 'utf8'));
  const [descriptor] = index.manifests;
  if (!descriptor) throw new Error(`Cannot read image layout ${dir}: it holds no image`);
  const manifest: Manifest = await readBlob(dir, descriptor.digest);
  const { config }: { config?: ImageConfig } = await readBlob(dir, manifest.config.digest);
  return {
    id: manifest.config.digest,
    sizeBytes: manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size),
    config: config ?? {},
    blobs: [descriptor.digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)],
  };
}

/** Where a blob is within a layout or a store. */
export const blobPath = (dir: string, digest: string): string =>
  join(dir, 'blobs', ...digest.split(':').slice(0, 2));

async function readBlob<T>(dir: string, digest: string): Promise<T> {
  return JSON.parse(await readFile(blobPath(dir, digest), 'utf8'));
}
