/**
 * The store on disk, shared by the nodes of all clusters of a machine:
 *
 *     refs/<reference>.json   what each reference means
 *     rootfs/<config digest>  unpacked images: the lowest layers of containers
 *     oci/<config digest>     the same images as layouts, whose blobs are in
 *     blobs/<algorithm>/<digest>
 *     tmp/                    what is under way; garbage when nothing is
 *     locks/
 */
import { join } from 'node:path';

export interface StorePaths {
  refs: string;
  blobs: string;
  tmp: string;
  locks: string;
  rootfs(id: string): string;
  layout(id: string): string;
}

/** `sha256:ab…` → `ab…`. */
export const hexOf = (digest: string): string => digest.slice(digest.indexOf(':') + 1);

export const storePaths = (dir: string): StorePaths => ({
  refs: join(dir, 'refs'),
  blobs: join(dir, 'blobs'),
  tmp: join(dir, 'tmp'),
  locks: join(dir, 'locks'),
  rootfs: (id) => join(dir, 'rootfs', hexOf(id)),
  layout: (id) => join(dir, 'oci', hexOf(id)),
});
