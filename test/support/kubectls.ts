/**
 * Every kubectl that this machine has, from old to new: the one on PATH, those that lie beside it
 * (`kubectl.1.30`), and Debian's own of 1.20, which knows nothing of WebSockets.
 */
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { aptUpdate } from '../../images/build/apt.ts';
import { execute, run } from '../../src/lib/exec.ts';

export interface KubectlProgram {
  /** `1.33` */
  version: string;
  path: string;
}

export async function kubectls(): Promise<KubectlProgram[]> {
  const paths = [await debianKubectl(), ...onPath()];
  const found = await Promise.all(paths.map(async (path) => ({ version: await versionOf(path), path })));
  const byVersion = new Map(found.map((program) => [program.version, program]));
  return [...byVersion.values()].sort((a, b) => minor(a) - minor(b));
}

const minor = ({ version }: KubectlProgram) => Number(version.split('.')[1]);

async function versionOf(path: string): Promise<string> {
  const text = await run(path, ['version', '--client', '-o', 'json'], { timeoutMs: 20_000 });
  const { major, minor } = (JSON.parse(text) as { clientVersion: { major: string; minor: string } })
    .clientVersion;
  return `${major}.${minor.replace(/\D/g, '')}`;
}

function onPath(): string[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const first = directories.map((directory) => join(directory, 'kubectl')).find((path) => existsSync(path));
  if (!first) return [];
  const home = dirname(realpathSync(first));
  const beside = readdirSync(home).filter((name) => /^kubectl\.1\.\d+$/.test(name));
  return [...beside.map((name) => join(home, name)), first];
}

const build = join(import.meta.dirname, '../../.build/kubectl-debian');

async function debianKubectl(): Promise<string> {
  const path = join(build, 'usr/bin/kubectl');
  if (existsSync(path)) return path;
  mkdirSync(build, { recursive: true });
  const download = ['download', 'kubernetes-client'];
  const options = { cwd: build, timeoutMs: 120_000 };
  // Lists may be missing, or name a version that the mirror no longer has.
  if ((await execute('apt-get', download, options)).code !== 0) {
    await aptUpdate();
    await run('apt-get', download, options);
  }
  const archive = readdirSync(build).find((name) => name.endsWith('.deb')) ?? '';
  await run('dpkg', ['-x', archive, '.'], { cwd: build });
  return path;
}
