/** The one place where `skopeo` and `umoci` are called. */
import { rm, writeFile } from 'node:fs/promises';
import { execute, run } from '../../lib/exec.ts';
import { layoutTag } from './layout.ts';
import { pullFailure } from './reason.ts';
import { formatReference, isLocalRegistry, type Reference } from './reference.ts';

export interface Credentials {
  username: string;
  password: string;
}

const pullTimeoutMs = 15 * 60_000;

/** Copies from a registry into a layout; rejects with the registry's reason. */
export async function copyFromRegistry(reference: Reference, layout: string, credentials?: Credentials) {
  const authFile = `${layout}.auth`;
  const options = isLocalRegistry(reference) ? ['--src-tls-verify=false'] : [];
  if (credentials) {
    // Not in argv, where every process of the machine could read it.
    await writeFile(authFile, JSON.stringify(authentication(reference, credentials)), { mode: 0o600 });
    options.push('--src-authfile', authFile);
  }
  try {
    await copy(`docker://${formatReference(reference)}`, layout, options);
  } finally {
    await rm(authFile, { force: true });
  }
}

/** Copies from an archive: `docker-archive:FILE:REF` or `oci-archive:FILE:REF`. */
export const copyFromArchive = (source: string, layout: string) => copy(source, layout, []);

/** Writes the root file system of a layout's image, with its owners, to a directory that does not exist yet. */
export async function unpack(layout: string, rootfs: string): Promise<void> {
  await run('umoci', ['raw', 'unpack', '--image', `${layout}:${layoutTag}`, rootfs]);
}

async function copy(source: string, layout: string, options: string[]): Promise<void> {
  // Signature policies are the host's own affair, and a node has no /etc/containers.
  const args = ['--insecure-policy', 'copy', '--quiet', ...options, source, `oci:${layout}:${layoutTag}`];
  const { code, stderr } = await execute('skopeo', args, { timeoutMs: pullTimeoutMs });
  if (code !== 0) throw new Error(pullFailure(stderr));
}

/** https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function authentication({ registry }: Reference, { username, password }: Credentials) {
  return { auths: { [registry]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } };
}
