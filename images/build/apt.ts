/** Debian packages and all they depend on, fetched by apt with the host's sources and keys but not its packages. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, run } from '../../src/lib/exec.ts';

export const noninteractive = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
let updated: Promise<unknown> | undefined;

/** Once a process, however many ask. */
export const aptUpdate = (): Promise<unknown> =>
  (updated ??= run('apt-get', ['update', '-q'], { env: noninteractive }));

/** As if what `status` lists were installed already, and nothing else. Answers the files. */
export async function downloadDebs(packages: string[], status: string, dir: string): Promise<string[]> {
  const debs = join(dir, 'debs');
  await mkdir(join(debs, 'partial'), { recursive: true });
  await writeFile(join(dir, 'status'), status);
  const args = [...aptOptions(dir, debs), 'install', ...packages];
  // Lists may be missing, or name versions that the mirror no longer has.
  if ((await execute('apt-get', args, { env: noninteractive })).code !== 0) {
    await aptUpdate();
    await run('apt-get', args, { env: noninteractive });
  }
  return (await readdir(debs)).filter((name) => name.endsWith('.deb')).map((name) => join(debs, name));
}

function aptOptions(dir: string, debs: string): string[] {
  const settings = {
    'Dir::State::status': join(dir, 'status'),
    'Dir::State::extended_states': join(dir, 'extended_states'),
    'Dir::Cache::archives': debs,
    'APT::Sandbox::User': 'root',
    // Nothing is installed: another apt at work is no hindrance.
    'Debug::NoLocking': 'true',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return ['-q', '-y', '--no-install-recommends', '--download-only', ...options];
}

/** As dpkg's status file says it, for apt to take the package as installed. */
export const installedStanza = (control: string): string =>
  `${control.trim()}\nStatus: install ok installed\n\n`;

/** A package that is said to be there, so that nothing brings it. */
export const absentStanza = (name: string): string =>
  installedStanza(
    `Package: ${name}\nVersion: 9999\nArchitecture: all\nMulti-Arch: foreign\nDescription: left out`,
  );
