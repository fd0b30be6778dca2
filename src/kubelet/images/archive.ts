/** Which images a tar file holds, written by `docker save`, `skopeo` or `ctr images export`. */
import { execute, run } from '../../lib/exec.ts';
import type { Descriptor } from './layout.ts';
import { normalise } from './reference.ts';

export interface ArchivedImage {
  /** As skopeo takes it. */
  source: string;
  /** Normalised. */
  reference: string;
}

export async function readArchive(file: string): Promise<ArchivedImage[]> {
  const docker = await readEntry(file, 'manifest.json');
  const images =
    docker === undefined
      ? ociImages(file, await readEntry(file, 'index.json'))
      : dockerImages(file, JSON.parse(docker));
  if (images.length === 0) {
    throw new Error(`Cannot load ${file}: it holds no image that has a name (save it by name, not by id)`);
  }
  return images;
}

function dockerImages(file: string, manifests: { RepoTags?: string[] | null }[]): ArchivedImage[] {
  return manifests
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .map((tag) => ({ source: `docker-archive:${file}:${tag}`, reference: normalise(tag) }));
}

function ociImages(file: string, indexJson: string | undefined): ArchivedImage[] {
  if (indexJson === undefined) {
    throw new Error(`Cannot load ${file}: it is neither a Docker archive nor an OCI archive`);
  }
  const index: { manifests: Descriptor[] } = JSON.parse(indexJson);
  return index.manifests.flatMap(({ annotations }) => {
    const inLayout = annotations?.['org.opencontainers.image.ref.name'];
    if (inLayout === undefined) return [];
    const name = annotations?.['io.containerd.image.name'] ?? inLayout;
    return { source: `oci-archive:${file}:${inLayout}`, reference: normalise(name) };
  });
}

async function readEntry(file: string, entry: string): Promise<string | undefined> {
  const { code, stdout } = await execute('tar', ['-xOf', file, entry]);
  if (code === 0) return stdout;
  // Says why when the file itself cannot be read.
  await run('tar', ['-tf', file]);
  return undefined;
}
