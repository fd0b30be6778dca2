/**
 * What the kernel counts and limits for one container, on cgroup v1 (a tree a controller) and v2 (one tree).
 * https://docs.kernel.org/admin-guide/cgroup-v1/memory.html and https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Used } from '../contract.ts';

export interface Cgroups {
  readonly version: 1 | 2;
  wasOomKilled(path: string): boolean;
  stats(path: string): Used | undefined;
  pids(path: string): number[];
  remove(path: string): void;
}

/** Nothing where there is no cgroup file system, as for an ordinary user in most containers. */
export function findCgroups(root = '/sys/fs/cgroup'): Cgroups | undefined {
  if (existsSync(join(root, 'cgroup.controllers'))) return cgroupsV2(root);
  if (existsSync(join(root, 'memory/cgroup.procs'))) return cgroupsV1(root);
  return undefined;
}

function cgroupsV2(root: string): Cgroups {
  const read = (path: string, file: string) => readIfThere(join(root, path, file));
  return {
    version: 2,
    wasOomKilled: (path) => field(read(path, 'memory.events'), 'oom_kill') > 0,
    stats(path) {
      const cpu = read(path, 'cpu.stat');
      if (cpu === undefined) return undefined;
      const cached = field(read(path, 'memory.stat'), 'inactive_file');
      const used = Number(read(path, 'memory.current') ?? 0);
      return { cpuNanoseconds: field(cpu, 'usage_usec') * 1000, memoryBytes: Math.max(0, used - cached) };
    },
    pids: (path) => numbers(read(path, 'cgroup.procs')),
    remove: (path) => removeIfThere(join(root, path)),
  };
}

function cgroupsV1(root: string): Cgroups {
  const read = (controller: string, path: string, file: string) =>
    readIfThere(join(root, controller, path, file));
  return {
    version: 1,
    wasOomKilled: (path) => field(read('memory', path, 'memory.oom_control'), 'oom_kill') > 0,
    stats(path) {
      const cpu = read('cpuacct', path, 'cpuacct.usage');
      if (cpu === undefined) return undefined;
      const cached = field(read('memory', path, 'memory.stat'), 'total_inactive_file');
      const used = Number(read('memory', path, 'memory.usage_in_bytes') ?? 0);
      return { cpuNanoseconds: Number(cpu), memoryBytes: Math.max(0, used - cached) };
    },
    pids: (path) => numbers(read('memory', path, 'cgroup.procs')),
    remove(path) {
      for (const controller of readdirSync(root)) removeIfThere(join(root, controller, path));
    },
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function removeIfThere(directory: string): void {
  try {
    // Where the v2 tree of a hybrid layout is unmounted, crun leaves a plain file in a plain directory.
    if (statfsSync(directory).type === tmpfs) rmSync(directory, { recursive: true });
    else rmdirSync(directory);
  } catch {
    // Not there any more: crun has removed it.
  }
}

const tmpfs = 0x01021994;

const numbers = (text = ''): number[] => text.split('\n').filter(Boolean).map(Number);

/** The number behind a word in `word number` lines. */
export function field(text: string | undefined, name: string): number {
  const line = text?.split('\n').find((l) => l.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}
