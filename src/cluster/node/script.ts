/**
 * How a node boots, as two shell scripts: the first joins the node's cgroup and network and makes the
 * other namespaces, the second builds the node's root from inside and becomes its PID 1. Shell, because a
 * Node process cannot fork into a namespace; text from pure functions, so that it can be read and tested.
 */
import type { NodePaths } from '../paths.ts';
import type { Hierarchy } from './cgroups.ts';

export interface BootPlan {
  hostname: string;
  /** A process that stands in the host's network while the node boots. */
  launcherPid: number;
  paths: NodePaths;
  hierarchies: readonly Hierarchy[];
  cgroups: readonly string[];
  /** Shared with the host: where the package and the images are, `[on the host, in the node, writable]`. */
  shared: readonly { source: string; target: string; writable: boolean }[];
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

/** The host's directories that every node sees, read only. Those that are links stay links. */
const systemDirectories = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

const devices = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const;

/** Run inside the new namespaces. */
export function rootScript({ hostname, paths, hierarchies, shared, launcherPid }: BootPlan): string {
  const root = quote(paths.root);
  const bind = (source: string, target: string, writable: boolean) => [
    `mkdir -p "$R${target}"`,
    `mount --rbind ${quote(source)} "$R${target}"`,
    ...(writable ? [] : [`mount -o remount,bind,ro "$R${target}"`]),
  ];
  return [
    'set -e',
    // The host's /proc is still here, so this is the pid as the host counts it.
    'read -r pid _ < /proc/self/stat',
    `hostname ${quote(hostname)}`,
    `R=${root}`,
    'mkdir -p "$R"',
    'mount -t tmpfs -o mode=755,size=64m root "$R"',
    'cd "$R"',
    'mkdir -p proc sys dev etc var run tmp root old',
    'chmod 1777 tmp',
    `for d in ${systemDirectories.join(' ')}; do`,
    '  if [ -L "/$d" ]; then cp -P "/$d" "$d"',
    '  elif [ -d "/$d" ]; then mkdir "$d"; mount --bind "/$d" "$d"; mount -o remount,bind,ro "$d"; fi',
    'done',
    ...bind(paths.etc, '/etc', true),
    ...bind(paths.var, '/var', true),
    'mount -t tmpfs -o mode=755 run run',
    'mount -t tmpfs -o mode=1777 tmp tmp',
    ...shared.flatMap(({ source, target, writable }) => bind(source, target, writable)),
    // The way back to the host, for pulling images: nothing else of the node has a network outside.
    'mkdir -p run/host',
    'touch run/host/net run/host/resolv.conf',
    `mount --bind /proc/${launcherPid}/ns/net run/host/net`,
    'mount --bind /etc/resolv.conf run/host/resolv.conf',
    'mount -t proc -o nosuid,nodev,noexec proc proc',
    'mount -t sysfs -o nosuid,nodev,noexec sysfs sys',
    ...cgroupMounts(hierarchies),
    'mount -t tmpfs -o mode=755,nosuid dev dev',
    ...devices.map(([name, major, minor]) => `mknod -m 666 dev/${name} c ${major} ${minor}`),
    'mkdir dev/pts dev/shm dev/mqueue dev/net',
    'mknod -m 666 dev/net/tun c 10 200',
    'mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts',
    'ln -s pts/ptmx dev/ptmx',
    'ln -s /proc/self/fd dev/fd',
    'mount -t tmpfs -o mode=1777,nosuid,nodev shm dev/shm',
    'mount -t mqueue mqueue dev/mqueue',
    // Written before the host's files go out of sight; whoever waits for it sees it whole.
    `echo "$pid" > ${quote(`${paths.pidFile}.new`)}`,
    `mv ${quote(`${paths.pidFile}.new`)} ${quote(paths.pidFile)}`,
    'pivot_root . old',
    'umount -l /old',
    'rmdir /old',
    'exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root catatonit -- runsvdir -P /etc/service < /dev/null',
  ].join('\n');
}

function cgroupMounts(hierarchies: readonly Hierarchy[]): string[] {
  if (hierarchies.length === 0) return [];
  if (hierarchies.every((h) => h.options === '')) {
    return [
      'mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup',
      // v2 wants processes in the leaves only.
      'mkdir -p sys/fs/cgroup/init',
      'echo $$ > sys/fs/cgroup/init/cgroup.procs',
      'echo "+cpu +memory +pids" > sys/fs/cgroup/cgroup.subtree_control',
    ];
  }
  return [
    'mount -t tmpfs -o mode=755,nosuid,nodev,noexec cgroup sys/fs/cgroup',
    ...hierarchies.flatMap(({ options, mount }) => {
      const directory = `sys/fs/cgroup/${mount.slice(mount.lastIndexOf('/') + 1)}`;
      return [`mkdir ${directory}`, `mount -t cgroup -o nosuid,nodev,noexec,${options} cgroup ${directory}`];
    }),
  ];
}
