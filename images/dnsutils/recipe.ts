/** The image that DNS tutorials run: dig, nslookup and host. */
import { libc, path, shell } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';

export const dnsutils: Recipe = {
  repository: 'docker.io/tutum/dnsutils',
  layers: [
    libc,
    shell,
    { name: 'dnsutils', packages: ['bind9-dnsutils', 'iputils-ping'], without: [], files: [] },
  ],
  config: { Cmd: ['bash'], Env: [path] },
};
