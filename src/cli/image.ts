import { imagesDir } from '../cluster/paths.ts';
import { requireRoot } from '../cluster/root.ts';
import { imageStore } from '../kubelet/images/store.ts';
import { printTable } from './table.ts';

const store = () => imageStore({ dir: imagesDir });
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export async function imageList(): Promise<void> {
  const images = await store().list();
  const rows = images.map((image) => [
    image.anyTag ? image.reference.replace(/:[^:/]+$/, ':*') : image.reference,
    image.id.replace('sha256:', '').slice(0, 12),
    megabytes(image.sizeBytes),
    image.anyTag ? 'preloaded' : image.pinned ? 'loaded' : 'pulled',
  ]);
  printTable(['IMAGE', 'ID', 'SIZE', 'ORIGIN'], rows);
}

export async function imageLoad(file: string): Promise<void> {
  requireRoot();
  for (const image of await store().load(file)) process.stdout.write(`${image.reference}\n`);
}

export async function imagePull(reference: string): Promise<void> {
  requireRoot();
  const image = await store()
    .pull(reference)
    .catch((err: Error) => {
      throw new Error(`Cannot pull ${reference}: ${err.message}`);
    });
  process.stdout.write(`${image.reference} ${image.id}\n`);
}

export async function imageRemove(reference: string): Promise<void> {
  requireRoot();
  await store().remove(reference);
}
