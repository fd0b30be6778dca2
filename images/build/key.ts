/** The hash of everything that decides what a layer or an image becomes: equal hash, nothing to do. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { FileRecipe, LayerRecipe, Recipe } from '../recipe.ts';
import type { Bundler } from './bundle.ts';

/** Goes up when the builder makes something else of the same recipe. */
const format = 1;

/** The keys of a recipe's layers, from the bottom up; each covers what is below it. */
export async function layerKeys(layers: LayerRecipe[], bundle: Bundler): Promise<string[]> {
  const keys: string[] = [];
  for (const { name, packages, without, files, finish } of layers) {
    const contents = await Promise.all(files.map((file) => contentOf(file, bundle)));
    keys.push(
      hash([format, process.arch, keys.at(-1), name, packages, without, contents, finish?.toString()]),
    );
  }
  return keys;
}

export const imageKey = (recipe: Recipe, keys: string[]): string => hash([keys, recipe.config]);

async function contentOf(file: FileRecipe, bundle: Bundler): Promise<unknown> {
  if ('from' in file) return [file.path, file.mode, await readFile(file.from, 'utf8')];
  if ('bundle' in file) return [file.path, (await bundle(file.bundle)).sha256];
  if ('share' in file) {
    // Large, and told apart well enough by what npm gives it.
    const { size, mtimeMs } = await stat(file.share);
    return [file.path, size, mtimeMs];
  }
  return file;
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
