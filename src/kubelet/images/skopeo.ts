/** The one place where `skopeo` and `umoci` are called. */
import { rm, writeFile } from 'node:fs/promises';
import { execute, run } from '../../lib/exec.ts';
import { layoutTag, moveBlobs } from './layout.ts';
import { pullFailure } from './reason.ts';
import { formatReference, isLocalRegistry, type Reference } from './reference.ts';

export interface Credentials {
  username: string;
  password: string;
}

const pullTimeoutMs = 15 * 60_000;

/** umoci knows no zstd: such layers are compressed anew, all others stay as they are. */
const unzstd = ['--dest-compress-format', 'gzip'];

export interface RegistryOptions {
  /** Stands before `skopeo` on its command line. */
  enter: readonly string[];
  credentials: Credentials | undefined;
}

/** Copies from a registry into a layout; rejects with the registry's reason. */
export async function copyFromRegistry(
  reference: Reference,
  layout: string,
  { enter, credentials }: RegistryOptions,
): Promise<void> {
  const authFile = `${layout}.auth`;
  const options = isLocalRegistry(reference) ? ['--src-tls-verify=false'] : [];
  if (credentials) {
    // Not in argv, where every process of the machine could read it.
    await writeFile(authFile, JSON.stringify(authentication(reference, credentials)), { mode: 0o600 });
    options.push('--src-authfile', authFile);
  }
  try {
    await copy(enter, options, `docker://${formatReference(reference)}`, layout);
  } finally {
    await rm(authFile, { force: true });
  }
}

/**
 * Copies from an archive: `docker-archive:FILE:REF` or `oci-archive:FILE:REF`. Its blobs join the others only when
 * all are written: a layer of a Docker archive that is among them already as a plain tar would be taken as it is, and
 * be called gzip in the manifest.
 */
export async function copyFromArchive(source: string, layout: string): Promise<void> {
  const blobs = `${layout}.blobs`;
  try {
    await copy([], ['--dest-shared-blob-dir', blobs], source, layout);
    await moveBlobs(blobs, layout);
  } finally {
    await rm(blobs, { recursive: true, force: true });
  }
}

/** Writes the root file system of a layout's image, with its owners, to a directory that does not exist yet. */
export async function unpack(layout: string, rootfs: string): Promise<void> {
  await run('umoci', ['raw', 'unpack', '--image', `${layout}:${layoutTag}`, rootfs]);
}

async function copy(
  enter: readonly string[],
  options: string[],
  source: string,
  layout: string,
): Promise<void> {
  // Signature policies are the host's own affair, and a node has no /etc/containers.
  const skopeo = ['skopeo', '--insecure-policy', 'copy', '--quiet', ...unzstd];
  const [program, ...args] = [...enter, ...skopeo, ...options, source, `oci:${layout}:${layoutTag}`];
  const { code, stderr } = await execute(program, args, { timeoutMs: pullTimeoutMs });
  if (code !== 0) throw new Error(pullFailure(stderr));
}

/** https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function authentication({ registry }: Reference, { username, password }: Credentials) {
  return { auths: { [registry]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } };
}
