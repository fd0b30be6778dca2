/**
 * BusyBox, where three of Debian's applets are not what tutorials expect of the official image and have a script
 * in front of them: nslookup leaves out the search path, wget has no -T, nc has no -z, -v and -u.
 */
import { symlink } from 'node:fs/promises';
import { run } from '../../src/lib/exec.ts';
import { libc, path } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';

const scripts = ['nslookup', 'wget', 'nc'];

export const busybox: Recipe = {
  repository: 'docker.io/library/busybox',
  layers: [
    libc,
    {
      name: 'busybox',
      packages: ['busybox-static', 'netcat-openbsd'],
      without: [],
      files: scripts.map((name) => ({
        path: `/usr/bin/${name}`,
        from: new URL(name, import.meta.url).pathname,
        mode: 0o755,
      })),
      finish: linkApplets,
    },
  ],
  config: { Cmd: ['sh'], Env: [path] },
};

/** What `busybox --install` does. */
async function linkApplets(root: string): Promise<void> {
  const applets = (await run(`${root}/usr/bin/busybox`, ['--list'])).trim().split('\n');
  for (const applet of applets) {
    if (applet === 'busybox' || scripts.includes(applet)) continue;
    await symlink('busybox', `${root}/usr/bin/${applet}`);
  }
}
