/** Switchboard's own components, to run as pods. */
import { libc, path, shell } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';
import { koffiFiles } from './koffi.ts';

const project = new URL('../..', import.meta.url).pathname;

export interface Entry {
  /** TypeScript file of the package: `src/cli/component.ts`. */
  entry: string;
  /** `/usr/lib/switchboard/switchboard.mjs` in the image. */
  file: string;
}

export const switchboardEntry: Entry = {
  entry: 'src/cli/component.ts',
  file: '/usr/lib/switchboard/switchboard.mjs',
};

/** The first entry is the command `switchboard`. */
export const switchboard = (entries: readonly [Entry, ...Entry[]]): Recipe => ({
  repository: 'docker.io/switchboard/switchboard',
  layers: [
    libc,
    shell,
    {
      name: 'node',
      packages: ['libatomic1', 'libstdc++6'],
      without: [],
      files: [{ path: '/usr/bin/node', share: `${project}node_modules/node-linux-${process.arch}/bin/node` }],
    },
    {
      name: 'koffi',
      packages: [],
      without: [],
      files: koffiFiles(`${project}node_modules/`, '/usr/lib/switchboard/node_modules/'),
    },
    {
      name: 'switchboard',
      packages: [],
      without: [],
      files: [
        ...entries.map(({ entry, file }) => ({ path: file, bundle: `${project}${entry}` })),
        { path: '/usr/bin/switchboard', link: `../..${entries[0].file}` },
      ],
    },
  ],
  config: { Entrypoint: ['switchboard'], Env: [path] },
});
