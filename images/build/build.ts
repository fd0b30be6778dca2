/** Builds the preloaded images that are missing or whose recipe changed, and enters them into the store. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobPath } from '../../src/kubelet/images/layout.ts';
import { withLock } from '../../src/kubelet/images/lock.ts';
import { draftRootfs, imageStore, type LocalImageStore } from '../../src/kubelet/images/store.ts';
import type { Recipe } from '../recipe.ts';
import { bundler } from './bundle.ts';
import { imageKey, layerKeys } from './key.ts';
import { buildLayer, type Layer, type Workplace } from './layer.ts';
import { describeImage } from './oci.ts';
import { linkTree } from './tree.ts';

interface Plan {
  recipe: Recipe;
  keys: string[];
  /** Hash of the whole recipe. */
  key: string;
}

/** The repositories to build; reads a few small files and starts nothing unless source files changed. */
export async function missingImages(recipes: Recipe[], dir: string): Promise<string[]> {
  const missing = await missingPlans(await plan(recipes, dir), imageStore({ dir }));
  return missing.map(({ recipe }) => recipe.repository);
}

/** Two at once wait for each other, and the second finds nothing to do. */
export async function buildImages(
  recipes: Recipe[],
  dir: string,
  progress: (text: string) => void,
): Promise<void> {
  await withLock(join(dir, 'locks'), 'build', 'exclusive', async () => {
    const store = imageStore({ dir });
    const plans = await plan(recipes, dir);
    const layers = sharedLayers({ dir, bundle: bundler(join(dir, 'bundles')) });
    await rm(join(dir, 'build'), { recursive: true, force: true });
    const missing = await missingPlans(plans, store);
    let ready = 0;
    const tell = () => progress(`Building images: ${ready} of ${missing.length} ready`);
    tell();
    const builds = missing.map(async (one) => {
      await buildImage(one, store, dir, layers);
      ready += 1;
      tell();
    });
    const failed = (await Promise.allSettled(builds)).find((build) => build.status === 'rejected');
    if (failed) throw failed.reason;
    await dropLayers(dir, new Set(plans.flatMap(({ keys }) => keys)));
    await store.sweep();
  });
}

async function plan(recipes: Recipe[], dir: string): Promise<Plan[]> {
  const bundle = bundler(join(dir, 'bundles'));
  return Promise.all(
    recipes.map(async (recipe) => {
      const keys = await layerKeys(recipe.layers, bundle);
      return { recipe, keys, key: imageKey(recipe, keys) };
    }),
  );
}

async function missingPlans(plans: Plan[], store: LocalImageStore): Promise<Plan[]> {
  const present = new Set<string | undefined>();
  for (const { anyTag, recipe, reference } of await store.list()) {
    if (anyTag && (await store.find(reference))) present.add(recipe);
  }
  return plans.filter(({ key }) => !present.has(key));
}

type BuildLayers = (plan: Plan) => Promise<Layer[]>;

/** Each layer is built once, also when images that share it are built at the same time. */
function sharedLayers(place: Workplace): BuildLayers {
  const building = new Map<string, Promise<Layer>>();
  return async ({ recipe, keys }) => {
    const layers: Layer[] = [];
    for (const [at, layer] of recipe.layers.entries()) {
      const key = keys[at] ?? '';
      const built = building.get(key) ?? buildLayer(layer, key, [...layers], place);
      building.set(key, built);
      layers.push(await built);
    }
    return layers;
  };
}

async function buildImage(
  { recipe, key, keys }: Plan,
  store: LocalImageStore,
  dir: string,
  layersOf: BuildLayers,
): Promise<void> {
  const entry = { reference: `${recipe.repository}:latest`, pinned: true, anyTag: true, recipe: key };
  await store.add(entry, async (layout) => {
    const layers = await layersOf({ recipe, key, keys });
    const { config, manifest, index } = describeImage(layers, recipe.config, process.arch);
    for (const { digest, text } of [config, manifest]) await writeFile(blobPath(dir, digest), text);
    await writeFile(join(layout, 'index.json'), index);
    for (const { root } of layers) linkTree(root, draftRootfs(layout));
  });
}

async function dropLayers(dir: string, current: ReadonlySet<string>): Promise<void> {
  for (const key of await readdir(join(dir, 'layers')).catch(() => [])) {
    if (!current.has(key)) await rm(join(dir, 'layers', key), { recursive: true, force: true });
  }
}
