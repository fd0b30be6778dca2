/** The images of a machine. See paths.ts for what is on disk. */
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Image, ImageStore } from '../contract.ts';
import { readArchive } from './archive.ts';
import { ReferenceIndex } from './index.ts';
import { createLayout, type LayoutImage, readLayout } from './layout.ts';
import { withLock } from './lock.ts';
import { mountedImages } from './mounted.ts';
import { hexOf, storePaths } from './paths.ts';
import { type ImageRecord, isLastName, keyToFileName, recordKey, select } from './record.ts';
import {
  formatReference,
  isLocalRegistry,
  parseReference,
  type Reference,
  repositoryOf,
} from './reference.ts';
import { type Credentials, copyFromArchive, copyFromRegistry, unpack } from './skopeo.ts';
import { contentLock, sweep } from './sweep.ts';

interface StoredImage extends Image {
  /** Preloaded: answers for any tag of its repository. */
  anyTag: boolean;
  recipe?: string;
}

/** What people may do beyond what the kubelet needs. */
export interface LocalImageStore extends ImageStore {
  list(): Promise<StoredImage[]>;
  /** Brings every named image of a Docker or OCI archive in; they are pinned. */
  load(file: string): Promise<StoredImage[]>;
  /** Forgets a reference, and the image with its last one; refuses that while a container stands on it. */
  remove(reference: string): Promise<void>;
  /**
   * Enters an image under a reference. `fill` writes the image into the layout it is given, and may unpack it to
   * {@link draftRootfs} where it knows a cheaper way than from the layers.
   */
  add(entry: NewEntry, fill: (layout: string) => Promise<void>): Promise<StoredImage>;
  /** Removes what no reference and no container needs. */
  sweep(): Promise<void>;
}

type NewEntry = Pick<ImageRecord, 'reference' | 'pinned' | 'anyTag' | 'recipe'>;

/** Where the root file system of a layout under way is unpacked. */
export const draftRootfs = (layout: string): string => `${layout}.rootfs`;

export interface ImageStoreOptions {
  dir: string;
  /** What stands before `skopeo` on its command line, to run it where registries are in reach: `nsenter …`. */
  enter?: readonly string[];
  /** Pull only from registries on the loopback. */
  hermetic?: boolean;
}

export function imageStore({ dir, enter = [], hermetic = false }: ImageStoreOptions): LocalImageStore {
  const paths = storePaths(dir);
  const index = new ReferenceIndex(paths.refs);
  const pulls = new Map<string, Promise<StoredImage>>();
  const toImage = ({ config, id, ...record }: ImageRecord): StoredImage => ({
    ...record,
    id,
    config,
    rootfs: paths.rootfs(id),
  });

  async function find(text: string): Promise<StoredImage | undefined> {
    const reference = parseReference(text);
    const record = select(await index.records(), reference);
    if (!record || !(await exists(paths.rootfs(record.id)))) return undefined;
    return { ...toImage(record), reference: formatReference(reference) };
  }

  async function adopt(layout: string, entry: NewEntry): Promise<StoredImage> {
    const { id, sizeBytes, config }: LayoutImage = await readLayout(layout);
    const rootfs = draftRootfs(layout);
    if (!(await exists(paths.rootfs(id)))) {
      if (!(await exists(rootfs))) await unpack(layout, rootfs);
      await moveIfFirst(rootfs, paths.rootfs(id));
    }
    await moveIfFirst(layout, paths.layout(id));
    const record: ImageRecord = { ...entry, id, sizeBytes, config };
    await index.put(record);
    return toImage(record);
  }

  const add = (entry: NewEntry, fill: (layout: string) => Promise<void>): Promise<StoredImage> =>
    withLock(paths.locks, contentLock, 'shared', async () => {
      const layout = join(paths.tmp, randomUUID());
      try {
        await mkdir(join(paths.blobs, 'sha256'), { recursive: true });
        await createLayout(layout);
        await fill(layout);
        return await adopt(layout, entry);
      } finally {
        await rm(layout, { recursive: true, force: true });
        await rm(draftRootfs(layout), { recursive: true, force: true });
      }
    });

  async function pullOnce(reference: Reference, credentials?: Credentials): Promise<StoredImage> {
    const name = formatReference(reference);
    const askedAtMs = Date.now();
    if (hermetic && !isLocalRegistry(reference)) {
      throw new Error(`${reference.registry} is not asked: images come only from registries on 127.0.0.1`);
    }
    return withLock(paths.locks, `pull-${sha256(name)}`, 'exclusive', async () => {
      const pulledMeanwhile = (await changedAtMs(name)) > askedAtMs ? await find(name) : undefined;
      if (pulledMeanwhile && !credentials) return pulledMeanwhile;
      const entry = { reference: name, pinned: false, anyTag: false };
      return add(entry, (layout) => copyFromRegistry(reference, layout, { enter, credentials }));
    });
  }

  async function changedAtMs(key: string): Promise<number> {
    const found = await stat(join(paths.refs, keyToFileName(key))).catch(() => undefined);
    return found?.mtimeMs ?? 0;
  }

  return {
    find,
    add,
    sweep: async () => sweep(dir, [...(await index.records()).values()]),

    async pull(text, credentials) {
      const reference = parseReference(text);
      const key = JSON.stringify([formatReference(reference), credentials?.username, credentials?.password]);
      const pull = pulls.get(key) ?? pullOnce(reference, credentials).finally(() => pulls.delete(key));
      pulls.set(key, pull);
      return pull;
    },

    async list() {
      const images = [...(await index.records()).values()].map(toImage);
      return images.sort((a, b) => a.reference.localeCompare(b.reference));
    },

    async load(file) {
      const images: StoredImage[] = [];
      for (const { source, reference } of await readArchive(file)) {
        const entry = { reference, pinned: true, anyTag: false };
        images.push(await add(entry, (layout) => copyFromArchive(source, layout)));
      }
      return images;
    },

    async remove(text) {
      const reference = parseReference(text);
      const records = await index.records();
      const record = select(records, reference);
      if (!record) throw new Error(`Cannot remove image ${formatReference(reference)}: it is not here`);
      const shown = record.anyTag ? repositoryOf(reference) : record.reference;
      if (isLastName(records, record) && (await mountedImages()).has(hexOf(record.id))) {
        throw new Error(`Cannot remove image ${shown}: a container is using it`);
      }
      await index.delete(recordKey(record));
      await sweep(dir, [...(await index.records()).values()]);
    },
  };
}

/** The first to bring an image in wins; the others' copy is the same. */
async function moveIfFirst(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
