/** An image's documents. https://github.com/opencontainers/image-spec Pure. */
import { createHash } from 'node:crypto';
import type { ImageConfig } from '../../src/kubelet/contract.ts';
import { type Descriptor, layoutTag } from '../../src/kubelet/images/layout.ts';

export interface Blob {
  digest: string;
  text: string;
}

const mediaType = (kind: string): string => `application/vnd.oci.image.${kind}`;
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** The documents of an image of these layers, which are uncompressed tars. */
export function describeImage(
  layers: { digest: string; size: number }[],
  config: ImageConfig,
  arch: string,
): { config: Blob; manifest: Blob; index: string } {
  const configBlob = toBlob({
    architecture: architectures[arch] ?? arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = toBlob({
    schemaVersion: 2,
    mediaType: mediaType('manifest.v1+json'),
    config: describe(configBlob, 'config.v1+json'),
    layers: layers.map(({ digest, size }) => ({ mediaType: mediaType('layer.v1.tar'), digest, size })),
  });
  const entry: Descriptor = {
    ...describe(manifest, 'manifest.v1+json'),
    annotations: { 'org.opencontainers.image.ref.name': layoutTag },
  };
  return { config: configBlob, manifest, index: JSON.stringify({ schemaVersion: 2, manifests: [entry] }) };
}

const describe = ({ digest, text }: Blob, kind: string): Descriptor => ({
  mediaType: mediaType(kind),
  digest,
  size: Buffer.byteLength(text),
});

function toBlob(document: unknown): Blob {
  const text = JSON.stringify(document);
  return { text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}
