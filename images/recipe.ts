/** How a preloaded image is made: data, with a hook where a package's own installation script would have done something. */
import type { ImageConfig } from '../src/kubelet/contract.ts';

export interface Recipe {
  /** `docker.io/library/nginx`: the image answers for each of its tags. */
  repository: string;
  /** From the bottom up. Equal layers of several recipes are built once and share their files on disk. */
  layers: LayerRecipe[];
  config: ImageConfig;
}

export interface LayerRecipe {
  name: string;
  /** Debian packages; those they depend on come too, unless a lower layer has them. */
  packages: string[];
  /** Packages that others depend on, here and in the layers above, but that nothing in the image needs. */
  without: string[];
  files: FileRecipe[];
  /** Works on the layer's root file system when packages and files are in place. */
  finish?: (root: string) => Promise<void>;
}

/** `path` is absolute in the image; owner and group are root. */
export type FileRecipe =
  | { path: string; text: string; mode?: number }
  /** A copy of a file of the package. */
  | { path: string; from: string; mode?: number }
  /** A symbolic link, relative. */
  | { path: string; link: string }
  | { path: string; directory: true; mode?: number }
  /** The same inode as a host's file where that is possible, so that both share memory; else a copy. Never written to. */
  | { path: string; share: string }
  /** A TypeScript entry point and all it imports, in one file that Node runs. */
  | { path: string; bundle: string };
