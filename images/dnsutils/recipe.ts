/** The image that DNS tutorials run: dig, nslookup and host. */
import { libc, path, shell } from '../base/recipe.ts';
import type { LayerRecipe, Recipe } from '../recipe.ts';

export const dnsTools: LayerRecipe = {
  name: 'dnsutils',
  packages: ['bind9-dnsutils', 'iputils-ping'],
  without: [],
  files: [],
};

export const dnsutils: Recipe = {
  repository: 'docker.io/tutum/dnsutils',
  layers: [libc, shell, dnsTools],
  config: { Cmd: ['bash'], Env: [path] },
};
