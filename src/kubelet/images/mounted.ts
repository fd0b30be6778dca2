/** Which unpacked images a container stands on now. Sees the containers of every node when called on the host. */
import { readdir, readFile } from 'node:fs/promises';

/** Image ids in hex, out of the mounts of every mount namespace. */
export async function mountedImages(proc = '/proc'): Promise<Set<string>> {
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const tables = await Promise.all(
    // A process may end while it is looked at.
    pids.map((pid) => readFile(`${proc}/${pid}/mountinfo`, 'utf8').catch(() => '')),
  );
  return new Set(tables.flatMap(imagesInMounts));
}

/** Whatever mount names an unpacked image, as a lower layer or otherwise, keeps it. */
export const imagesInMounts = (mountinfo: string): string[] =>
  [...mountinfo.matchAll(/\/rootfs\/([0-9a-f]{64})/g)].flatMap(([, hex]) => hex ?? []);
