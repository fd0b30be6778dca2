/**
 * A container's root: the image below, what the container writes on top.
 * https://docs.kernel.org/filesystems/overlayfs.html
 */
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mount, mountFlags, unmount } from '../../lib/linux/mount.ts';
import type { OciDevice } from './oci.ts';

const escaped = (path: string) => path.replace(/[\\:,]/g, (c) => `\\${c}`);

/** Mounts the root of the container in `directory` and returns where. */
export function mountRoot(directory: string, image: string): string {
  const [root, upper, work] = ['rootfs', 'upper', 'work'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [root, upper, work]) mkdirSync(path);
  mount({
    source: 'overlay',
    target: root,
    type: 'overlay',
    flags: mountFlags.noDev,
    // volatile: what a container wrote is worth nothing after a crash, so nothing waits for the disk.
    data: `lowerdir=${escaped(image)},upperdir=${escaped(upper)},workdir=${escaped(work)},volatile`,
  });
  return root;
}

export function unmountRoot(directory: string): void {
  unmount(join(directory, 'rootfs'));
  for (const name of ['upper', 'work', 'rootfs'])
    rmSync(join(directory, name), { recursive: true, force: true });
}

/** The device nodes of the machine, for privileged containers. */
export function nodeDevices(directory = '/dev'): OciDevice[] {
  const made = new Set(['null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'ptmx']);
  return readdirSync(directory)
    .filter((name) => !made.has(name))
    .flatMap((name): OciDevice[] => {
      const path = join(directory, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (!stat || !(stat.isCharacterDevice() || stat.isBlockDevice())) return [];
      const { major, minor } = numbersOf(stat.rdev);
      return [
        {
          path,
          type: stat.isCharacterDevice() ? 'c' : 'b',
          major,
          minor,
          fileMode: stat.mode & 0o7777,
          uid: stat.uid,
          gid: stat.gid,
        },
      ];
    });
}

/** As glibc's major() and minor() take a dev_t apart. */
const numbersOf = (rdev: number) => ({
  major: (rdev >> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00),
});
