/** Lays Debian packages out as a root file system, without running anything of them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../../src/lib/exec.ts';
import { placeInImage } from './place.ts';
import { linkTree } from './tree.ts';

/** Answers the packages' control stanzas. */
export async function unpackDebs(debs: string[], root: string, scratch: string): Promise<string[]> {
  const controls = await Promise.all(debs.map((deb) => run('dpkg-deb', ['--field', deb])));
  await mkdir(scratch, { recursive: true });
  // Two at a time: xz takes a processor each.
  const queue = [...debs];
  const unpackNext = async (): Promise<void> => {
    for (let deb = queue.shift(); deb !== undefined; deb = queue.shift()) {
      await run('dpkg-deb', ['--extract', deb, join(scratch, basename(deb, '.deb'))]);
    }
  };
  await Promise.all([unpackNext(), unpackNext()]);
  for (const deb of debs) linkTree(join(scratch, basename(deb, '.deb')), root, placeInImage);
  await rm(scratch, { recursive: true, force: true });
  await describePackages(controls, root);
  return controls;
}

/** Where scanners look for the packages of an image that has no dpkg. */
async function describePackages(controls: string[], root: string): Promise<void> {
  const dir = join(root, 'var/lib/dpkg/status.d');
  await mkdir(dir, { recursive: true });
  for (const control of controls) {
    const [, name = ''] = /^Package: (.+)$/m.exec(control) ?? [];
    await writeFile(join(dir, name), control);
  }
}
