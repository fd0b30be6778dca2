/** Builds one layer: a directory for merging, and the same as an OCI blob. Kept by its key. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobPath } from '../../src/kubelet/images/layout.ts';
import { run } from '../../src/lib/exec.ts';
import type { LayerRecipe } from '../recipe.ts';
import { absentStanza, downloadDebs, installedStanza } from './apt.ts';
import type { Bundler } from './bundle.ts';
import { unpackDebs } from './debs.ts';
import { placeFile } from './files.ts';

export interface Layer {
  root: string;
  /** Of the uncompressed tar, so also its diff id. */
  digest: string;
  size: number;
  /** The packages in it and those left out, as dpkg would list them: apt brings none of them again. */
  status: string;
}

export interface Workplace {
  /** The image store's directory. */
  dir: string;
  bundle: Bundler;
}

export async function buildLayer(
  recipe: LayerRecipe,
  key: string,
  lower: Layer[],
  place: Workplace,
): Promise<Layer> {
  const home = join(place.dir, 'layers', key);
  const root = join(home, 'rootfs');
  const made = await readJson<Omit<Layer, 'root'>>(join(home, 'layer.json'));
  if (made && (await exists(blobPath(place.dir, made.digest)))) return { ...made, root };
  const scratch = join(place.dir, 'build', key);
  await rm(home, { recursive: true, force: true });
  await rm(scratch, { recursive: true, force: true });
  const status = await fillRoot(recipe, lower, join(scratch, 'rootfs'), scratch, place);
  const layer = { ...(await pack(join(scratch, 'rootfs'), scratch, place.dir)), status };
  await mkdir(home, { recursive: true });
  await rename(join(scratch, 'rootfs'), root);
  await writeFile(join(home, 'layer.json'), JSON.stringify(layer));
  await rm(scratch, { recursive: true, force: true });
  return { ...layer, root };
}

async function fillRoot(
  recipe: LayerRecipe,
  lower: Layer[],
  root: string,
  scratch: string,
  place: Workplace,
): Promise<string> {
  await mkdir(root, { recursive: true });
  const absent = recipe.without.map(absentStanza).join('');
  let controls: string[] = [];
  if (recipe.packages.length > 0) {
    const below = lower.map(({ status }) => status).join('');
    const debs = await downloadDebs(recipe.packages, below + absent, scratch);
    controls = await unpackDebs(debs, root, join(scratch, 'unpacked'));
  }
  for (const file of recipe.files) await placeFile(file, root, place.bundle);
  await recipe.finish?.(root);
  return absent + controls.map(installedStanza).join('');
}

/** The same tree gives the same bytes. */
async function pack(root: string, scratch: string, dir: string): Promise<{ digest: string; size: number }> {
  const file = join(scratch, 'layer.tar');
  const reproducible = ['--sort=name', '--numeric-owner', '--mtime=2025-01-01T00:00:00Z', '--format=gnu'];
  await run('tar', ['--create', '--file', file, ...reproducible, '--directory', root, '.']);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const digest = `sha256:${hash.digest('hex')}`;
  const { size } = await stat(file);
  await rename(file, blobPath(dir, digest));
  return { digest, size };
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
