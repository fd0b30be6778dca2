/**
 * Everything on the host that is there because of a cluster: taken down while it runs, so that afterwards
 * it can be asked what of it is left.
 */
import { existsSync, globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { clusterPaths } from '../../src/cluster/paths.ts';
import { readRecord } from '../../src/cluster/record.ts';
import { identify, isAlive, type ProcessId, signalProcess } from '../../src/lib/process.ts';

export interface Footprint {
  processes: (ProcessId & { command: string })[];
  /** `net:[4026532281]`: those that no process outside the cluster is in. */
  namespaces: string[];
  cgroups: string[];
}

/** What a running cluster has. */
export function footprintOf(name: string): Footprint {
  const processes = processesOf(name);
  // What is mounted on the host, the relay sees too: other clusters' LANs.
  const outside = new Set([...namespacesOf(process.pid), ...heldByMounts(process.pid)]);
  const namespaces = new Set(processes.flatMap(({ pid }) => [...namespacesOf(pid), ...heldByMounts(pid)]));
  return {
    processes,
    namespaces: [...namespaces.difference(outside), ...lanNamespace(name)],
    cgroups: cgroupsOf(name),
  };
}

/** What is left of a cluster, one line each; empty when nothing is. */
export function leftOf(name: string, was: Footprint): string[] {
  const { dir, run } = clusterPaths(name);
  const held = namespacesBeside(name);
  return [
    ...[...was.processes.filter(isAlive), ...processesOf(name)].map((p) => `process ${p.pid} ${p.command}`),
    ...was.namespaces.filter((namespace) => held.has(namespace)).map((namespace) => `namespace ${namespace}`),
    ...new Set([...was.cgroups.filter((directory) => existsSync(directory)), ...cgroupsOf(name)]),
    ...[dir, run].filter((directory) => existsSync(directory)),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${run}/`) || line.includes(`${dir}/`)),
  ];
}

/** For the end of a test that failed: what should have ended, ends. */
export function endLeft(name: string, was: Footprint): void {
  for (const id of [...was.processes, ...processesOf(name)]) signalProcess(id, 'SIGKILL');
}

/** Links and routes of the host itself, one line each. */
export const hostNetwork = (): string[] => [
  ...readdirSync('/sys/class/net').map((link) => `link ${link}`),
  ...['route', 'ipv6_route'].flatMap((file) =>
    readFileSync(`/proc/net/${file}`, 'utf8')
      .trim()
      .split('\n')
      // The last columns of IPv6 count uses; the others say what a route is.
      .map((line) => `${file} ${line.split(/\s+/).slice(0, 5).join(' ')}`),
  ),
];

/** By cgroup, and the relay with its supervisor, which stand on the host. */
export function processesOf(name: string): Footprint['processes'] {
  const relay = readRecord(name)?.relay?.pid;
  const { run } = clusterPaths(name);
  return pids().flatMap((pid) => {
    const inCgroup = textOf(`/proc/${pid}/cgroup`).includes(`/switchboard/${name}/`);
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const ofRelay = command.includes(`${run}/`) || (relay !== undefined && parentOf(pid) === relay);
    const id = inCgroup || ofRelay ? identify(pid) : undefined;
    return id ? [{ ...id, command }] : [];
  });
}

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);

const cgroupsOf = (name: string): string[] => globSync(`/sys/fs/cgroup/{,*/}**/switchboard/${name}`);

function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/**
 * Those of processes, of mounts, and of open files; but for what other clusters have, because the kernel
 * gives the numbers of namespaces that ended to new ones.
 */
function namespacesBeside(name: string): Set<string> {
  const ofOthers = new RegExp(`/switchboard/(?!${name}/)[^/]+/`);
  const found = new Set<string>();
  for (const pid of pids()) {
    if (ofOthers.test(textOf(`/proc/${pid}/cgroup`))) continue;
    for (const namespace of [...namespacesOf(pid), ...heldByMounts(pid, ofOthers), ...heldByFiles(pid)])
      found.add(namespace);
  }
  return found;
}

const kinds = ['net', 'mnt', 'pid', 'uts', 'ipc', 'cgroup'];

const namespacesOf = (pid: number): Set<string> =>
  new Set(kinds.map((kind) => linkOf(`/proc/${pid}/ns/${kind}`)).filter(Boolean));

/** `4026532281` stands as `net:[4026532281]` in the fourth column of mounts of nsfs. */
const heldByMounts = (pid: number, except = /^$/): string[] =>
  textOf(`/proc/${pid}/mountinfo`)
    .split('\n')
    .flatMap((line) => (/ - nsfs /.test(line) && !except.test(line) ? [line.split(' ')[3] ?? ''] : []));

function heldByFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
      .filter((target) => /^\w+:\[\d+\]$/.test(target) && !/^(socket|pipe):/.test(target));
  } catch {
    return [];
  }
}

const lanNamespace = (name: string): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap((columns) => (columns[4] === clusterPaths(name).lanNetns ? [columns[3] ?? ''] : []));

/** Empty when the process ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
