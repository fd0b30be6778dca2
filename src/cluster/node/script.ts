/**
 * How a node boots, as two shell scripts and a table of mounts: the first script joins the node's cgroup and network
 * and makes the other namespaces, the second builds the node's root from inside and becomes its PID 1. Shell,
 * because a Node process cannot fork into a namespace; text from pure functions, so that it can be read and
 * tested; one table, because a `mount` program for each line would take most of the time that a boot takes.
 */
import type { NodePaths } from '../paths.ts';
import type { Hierarchy } from './cgroups.ts';

/** A directory of the host that the node sees. */
export interface Shared {
  source: string;
  target: string;
  writable: boolean;
}

export interface BootPlan {
  hostname: string;
  /** A process that stands in the host's network while the node boots. */
  launcherPid: number;
  paths: NodePaths;
  hierarchies: readonly Hierarchy[];
  cgroups: readonly string[];
  /** Those of the host's system directories that are directories; see {@link systemLinks} for the others. */
  systemDirectories: readonly string[];
  /** Those that are links, such as /bin in Debian. */
  systemLinks: readonly string[];
  /** Shared with the host beside those: the package, the images. */
  shared: readonly Shared[];
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Run on the host. What it execs waits for the node's PID 1, and is all that the host sees of it. */
export function launchScript(plan: BootPlan): string {
  const { cgroups, paths } = plan;
  const namespaces = '--mount --uts --pid --ipc --cgroup --fork';
  return [
    'set -e',
    ...cgroups.map((directory) => `echo $$ > ${quote(`${directory}/cgroup.procs`)}`),
    `exec nsenter --net=${quote(paths.netns)} unshare ${namespaces} /bin/sh -c ${quote(rootScript(plan))}`,
  ].join('\n');
}

interface Mount {
  source: string;
  target: string;
  type: string;
  options: string;
}

const bind = (source: string, target: string, writable: boolean): Mount => ({
  source,
  target,
  type: 'none',
  options: writable ? 'rbind' : 'rbind,ro',
});
const fresh = (type: string, target: string, options: string): Mount => ({
  source: type,
  target,
  type,
  options,
});

/** Everything that is mounted in the node, in order; targets as the node sees them. */
export function mountsOf({ paths, hierarchies, systemDirectories, shared }: BootPlan): Mount[] {
  return [
    ...systemDirectories.map((directory) => bind(directory, directory, false)),
    bind(paths.etc, '/etc', true),
    bind(paths.var, '/var', true),
    fresh('tmpfs', '/run', 'mode=755'),
    fresh('tmpfs', '/tmp', 'mode=1777'),
    ...shared.map(({ source, target, writable }) => bind(source, target, writable)),
    fresh('proc', '/proc', 'nosuid,nodev,noexec'),
    fresh('sysfs', '/sys', 'nosuid,nodev,noexec'),
    ...cgroupMounts(hierarchies),
    fresh('tmpfs', '/dev', 'mode=755,nosuid'),
    fresh('devpts', '/dev/pts', 'newinstance,ptmxmode=0666,mode=620,gid=5'),
    fresh('tmpfs', '/dev/shm', 'mode=1777,nosuid,nodev'),
    fresh('mqueue', '/dev/mqueue', 'defaults'),
  ];
}

function cgroupMounts(hierarchies: readonly Hierarchy[]): Mount[] {
  if (hierarchies.length === 0) return [];
  const careful = 'nosuid,nodev,noexec';
  if (isUnified(hierarchies)) return [fresh('cgroup2', '/sys/fs/cgroup', careful)];
  return [
    fresh('tmpfs', '/sys/fs/cgroup', `mode=755,${careful}`),
    ...hierarchies.map(({ options, mount }) =>
      fresh('cgroup', `/sys/fs/cgroup/${mount.slice(mount.lastIndexOf('/') + 1)}`, `${careful},${options}`),
    ),
  ];
}

const isUnified = (hierarchies: readonly Hierarchy[]) => hierarchies.every((h) => h.options === '');

/** One line of fstab(5). `X-mount.mkdir` makes the target as its turn comes. */
const fstabLine = (root: string, { source, target, type, options }: Mount): string =>
  [source, root + target, type, `${options},X-mount.mkdir`, '0', '0']
    .map((field) => field.replaceAll(/[\s\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`))
    .join(' ');

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`);

/** Run inside the new namespaces. */
export function rootScript(plan: BootPlan): string {
  const { hostname, paths, hierarchies, launcherPid, systemLinks } = plan;
  const table = mountsOf(plan).map((mount) => fstabLine(paths.root, mount));
  return [
    'set -e',
    // The host's /proc is still here, so this is the pid as the host counts it.
    'read -r pid _ < /proc/self/stat',
    `hostname ${quote(hostname)}`,
    `mount -t tmpfs -o mode=755,size=64m root ${quote(paths.root)}`,
    `cd ${quote(paths.root)}`,
    'mkdir old root',
    ...(systemLinks.length > 0 ? [`cp -P ${systemLinks.map(quote).join(' ')} .`] : []),
    "cat > fstab << 'END'",
    ...table,
    'END',
    'mount --all --fstab fstab',
    'rm fstab',
    // The way back to the host, for pulling images: nothing else of the node has a network outside.
    'mkdir run/host',
    'touch run/host/net run/host/resolv.conf',
    `mount --bind /proc/${launcherPid}/ns/net run/host/net`,
    'mount --bind /etc/resolv.conf run/host/resolv.conf',
    `cp -a ${devices.join(' ')} dev/`,
    'ln -s pts/ptmx dev/ptmx',
    'ln -s /proc/self/fd dev/fd',
    ...(hierarchies.length > 0 && isUnified(hierarchies) ? leaveTheRootOfCgroups : []),
    // Whoever waits for it sees it whole.
    `echo "$pid" > ${quote(`${paths.pidFile}.new`)}`,
    `mv ${quote(`${paths.pidFile}.new`)} ${quote(paths.pidFile)}`,
    'pivot_root . old',
    'umount -l /old',
    'rmdir /old',
    'exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root catatonit -- runsvdir -P /etc/service < /dev/null',
  ].join('\n');
}

/** Version 2 wants processes in the leaves only. */
const leaveTheRootOfCgroups = [
  'mkdir -p sys/fs/cgroup/init',
  'echo $$ > sys/fs/cgroup/init/cgroup.procs',
  'echo "+cpu +memory +pids" > sys/fs/cgroup/cgroup.subtree_control',
];
