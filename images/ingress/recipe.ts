/** The Ingress controller: Switchboard's own image with HAProxy on top. */
import type { Recipe } from '../recipe.ts';

export const ingress = (switchboard: Recipe): Recipe => ({
  repository: 'docker.io/switchboard/ingress',
  layers: [...switchboard.layers, { name: 'haproxy', packages: ['haproxy'], without: [], files: [] }],
  config: { ...switchboard.config, Cmd: ['ingress'] },
});
