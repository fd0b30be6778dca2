/**
 * The cgroup of a node, or of the relay, below the one this process is in, so that limits set on us hold for the cluster too.
 * Hosts have cgroup v1 (one hierarchy a controller), v2 (one for all), or both at once.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere } from '../../lib/files.ts';

export interface Hierarchy {
  /** Mount options of v1: `memory`, `cpu,cpuacct`, `none,name=systemd`; empty for v2. */
  options: string;
  /** Where the host has it mounted: `/sys/fs/cgroup/memory`. */
  mount: string;
  /** Our own cgroup there: `/`. */
  own: string;
}

/** Pure: reads `/proc/self/mounts` and `/proc/self/cgroup`. A hybrid host counts as v1. */
export function hierarchies(mounts: string, cgroup: string): Hierarchy[] {
  const own = new Map(
    cgroup
      .trim()
      .split('\n')
      .map((line) => line.split(':'))
      .map(([, controllers = '', path = '/']) => [controllers, path]),
  );
  const found: (Hierarchy & { v2: boolean })[] = [];
  for (const line of mounts.split('\n')) {
    const [, mount = '', type = '', options = ''] = line.split(' ');
    if (type === 'cgroup2') found.push({ options: '', mount, own: '/', v2: true });
    if (type !== 'cgroup') continue;
    const controllers = [...own.keys()].find(
      (key) => key !== '' && key.split(',').every((c) => options.split(',').includes(c)),
    );
    if (controllers === undefined) continue;
    const named = controllers.startsWith('name=');
    found.push({
      options: named ? `none,${controllers}` : controllers,
      mount,
      own: own.get(controllers) ?? '/',
      v2: false,
    });
  }
  const v1 = found.some((h) => !h.v2);
  return found
    .filter((h) => h.v2 !== v1)
    .map(({ options, mount, own: path }) => ({ options, mount, own: path }));
}

export function hostHierarchies(): Hierarchy[] {
  return hierarchies(readFileSync('/proc/self/mounts', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
}

/** The directories of the cgroup of a node, or of the relay, one a hierarchy. */
export const cgroupsOf = (found: readonly Hierarchy[], cluster: string, member: string): string[] =>
  found.map(({ mount, own }) => `${mount}${own === '/' ? '' : own}/switchboard/${cluster}/${member}`);

export function createCgroups(found: readonly Hierarchy[], cluster: string, member: string): string[] {
  const directories = cgroupsOf(found, cluster, member);
  for (const [i, directory] of directories.entries()) {
    const hierarchy = found[i];
    mkdirSync(directory, { recursive: true });
    if (hierarchy?.options.split(',').includes('cpuset')) inheritCpuset(directory);
    if (hierarchy?.options === '') enableControllers(hierarchy.mount, directory);
  }
  return directories;
}

/** A new cpuset of v1 has no processors until it is told which. */
function inheritCpuset(directory: string): void {
  const parent = directory.slice(0, directory.lastIndexOf('/'));
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readFileSync(`${directory}/${file}`, 'utf8').trim() !== '') continue;
    if (readFileSync(`${parent}/${file}`, 'utf8').trim() === '') inheritCpuset(parent);
    writeFileSync(`${directory}/${file}`, readFileSync(`${parent}/${file}`, 'utf8'));
  }
}

/** v2 hands controllers down one level at a time. */
function enableControllers(mount: string, directory: string): void {
  const parts = directory.slice(mount.length + 1).split('/');
  for (let i = 0; i < parts.length; i++) {
    const parent = [mount, ...parts.slice(0, i)].join('/');
    writeFileSync(`${parent}/cgroup.subtree_control`, '+cpu +memory +pids');
  }
}

/**
 * Ends every process in the cgroups and below them, and removes them: they are the surest record of what was
 * started, also of what an `up` that was cut off had no time to write down. Waits up to 2 s.
 */
export async function removeCgroups(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    for (let tries = 0; !removeTree(directory) && tries < 100; tries++) {
      killTree(directory);
      await sleep(20);
    }
    removeIfEmpty(directory.slice(0, directory.lastIndexOf('/')));
    removeIfEmpty(directory.split('/').slice(0, -2).join('/'));
  }
}

function killTree(directory: string): void {
  for (const child of below(directory)) killTree(child);
  for (const pid of readIfThere(`${directory}/cgroup.procs`).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function below(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${directory}/${entry.name}`);
  } catch {
    return [];
  }
}

/** False when something is still in it. */
function removeTree(directory: string): boolean {
  for (const child of below(directory)) removeTree(child);
  return removeIfEmpty(directory);
}

function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
