/**
 * BusyBox, where three of Debian's applets are not what tutorials expect of the official image and have a script
 * in front of them: nslookup leaves out the search path, wget has no -T, nc has no -z, -v and -u.
 */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { run } from '../../src/lib/exec.ts';
import { libc, path } from '../base/recipe.ts';
import type { Recipe } from '../recipe.ts';
import { hideApplets } from './applets.ts';

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

/** What `busybox --install` does, with a shell that finds the scripts. */
async function linkApplets(root: string): Promise<void> {
  const program = `${root}/usr/bin/busybox`;
  const applets = (await run(program, ['--list'])).trim().split('\n');
  await mkdir(`${root}/usr/lib/busybox`, { recursive: true });
  const shell = hideApplets(await readFile(program), applets, scripts);
  await writeFile(`${root}/usr/lib/busybox/shell`, shell, { mode: 0o755 });
  for (const applet of applets) {
    if (applet === 'busybox' || scripts.includes(applet)) continue;
    const isShell = applet === 'sh' || applet === 'ash';
    await symlink(isShell ? '../lib/busybox/shell' : 'busybox', `${root}/usr/bin/${applet}`);
  }
}
