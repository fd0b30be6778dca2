import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayerRecipe, Recipe } from '../recipe.ts';
import type { Bundler } from './bundle.ts';
import { imageKey, layerKeys } from './key.ts';

const bundleOf =
  (sha256: string): Bundler =>
  async () => ({ file: '/bundle.mjs', sha256 });
const layer = (rest: Partial<LayerRecipe> = {}): LayerRecipe => ({
  name: 'shell',
  packages: ['bash'],
  without: [],
  files: [],
  ...rest,
});
const keys = (...layers: LayerRecipe[]) => layerKeys(layers, bundleOf('1'));

test('the same recipe has the same keys', async () =>
  assert.deepEqual(await keys(layer(), layer()), await keys(layer(), layer())));

test('whatever decides what a layer becomes is in its key', async () => {
  const [original] = await keys(layer());
  const changes: Partial<LayerRecipe>[] = [
    { packages: ['bash', 'curl'] },
    { without: ['dpkg'] },
    { files: [{ path: '/etc/x', text: 'x' }] },
    { finish: async () => {} },
  ];
  for (const change of changes) assert.notDeepEqual(await keys(layer(change)), [original]);
});

test('a changed layer changes those above it and none below', async () => {
  const [lower, middle, upper] = await keys(layer(), layer(), layer());
  const changed = await keys(layer(), layer({ packages: ['dash'] }), layer());
  assert.equal(changed[0], lower);
  assert.notEqual(changed[1], middle);
  assert.notEqual(changed[2], upper);
});

test('a component whose source changed changes the image that holds it', async () => {
  const layers = [layer({ files: [{ path: '/x.mjs', bundle: '/x.ts' }] })];
  assert.notDeepEqual(await layerKeys(layers, bundleOf('1')), await layerKeys(layers, bundleOf('2')));
});

test('the config is part of the image', () => {
  const recipe = (Cmd: string[]): Recipe => ({ repository: 'localhost/x', layers: [], config: { Cmd } });
  assert.notEqual(imageKey(recipe(['a']), ['k']), imageKey(recipe(['b']), ['k']));
});
