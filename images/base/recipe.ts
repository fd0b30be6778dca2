/** What the other images stand on. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { LayerRecipe } from '../recipe.ts';

export const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Package tools and their helpers: an image is never installed into. */
const neverNeeded = [
  'adduser debconf dpkg init-system-helpers install-info lsb-base media-types passwd perl-base',
  'sensible-utils sysvinit-utils ucf',
].flatMap((line) => line.split(' '));

/** The C library, the names of users and protocols, and the usual directories. */
export const libc: LayerRecipe = {
  name: 'libc',
  packages: ['libc6', 'netbase'],
  without: neverNeeded,
  files: [
    // Debian's merged /usr: https://wiki.debian.org/UsrMerge
    ...['bin', 'sbin', 'lib', 'lib64'].map((name) => ({ path: `/${name}`, link: `usr/${name}` })),
    ...['dev', 'home', 'mnt', 'opt', 'proc', 'srv', 'sys', 'run', 'usr/local/bin', 'usr/sbin'].map(
      (name) => ({
        path: `/${name}`,
        directory: true as const,
      }),
    ),
    { path: '/root', directory: true, mode: 0o700 },
    { path: '/tmp', directory: true, mode: 0o1777 },
    { path: '/var/tmp', directory: true, mode: 0o1777 },
    { path: '/var/log', directory: true },
    { path: '/var/run', link: '../run' },
    { path: '/etc/passwd', from: new URL('passwd', import.meta.url).pathname },
    { path: '/etc/group', from: new URL('group', import.meta.url).pathname },
    { path: '/etc/nsswitch.conf', from: new URL('nsswitch.conf', import.meta.url).pathname },
  ],
};

/** A shell, the usual small tools (tar for `kubectl cp`), curl and the certificates of the web's authorities. */
export const shell: LayerRecipe = {
  name: 'shell',
  packages: [
    'base-files libc-bin ncurses-base bash dash coreutils debianutils findutils grep gzip hostname mawk sed tar',
    'curl ca-certificates',
  ].flatMap((line) => line.split(' ')),
  without: [],
  files: [
    { path: '/usr/bin/sh', link: 'dash' },
    { path: '/usr/bin/awk', link: 'mawk' },
    { path: '/usr/bin/which', link: 'which.debianutils' },
  ],
  finish: bundleCertificates,
};

/** What `update-ca-certificates` does. */
async function bundleCertificates(root: string): Promise<void> {
  const dir = `${root}/usr/share/ca-certificates/mozilla`;
  const names = (await readdir(dir)).sort();
  const texts = await Promise.all(names.map((name) => readFile(`${dir}/${name}`, 'utf8')));
  await writeFile(`${root}/etc/ssl/certs/ca-certificates.crt`, texts.join(''));
}
