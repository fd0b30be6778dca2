/**
 * A container as crun wants to hear of it.
 * https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
import type { ContainerConfig } from '../contract.ts';
import type { Privileges } from './privileges.ts';

export interface OciMount {
  destination: string;
  type?: string;
  source: string;
  options?: string[];
}

export interface OciDevice {
  path: string;
  type: 'c' | 'b';
  major: number;
  minor: number;
  fileMode: number;
  uid: number;
  gid: number;
}

export interface OciSurroundings {
  /** The mounted root of the container. */
  rootPath: string;
  /** Absent where there is no cgroup file system (rootless): nothing is limited then. */
  cgroupPath?: string;
  /** What a privileged container gets to see. */
  devices: OciDevice[];
  privileges: Privileges;
}

type Namespace = { type: string; path?: string };

export function ociConfig(config: ContainerConfig, surroundings: OciSurroundings) {
  return {
    ociVersion: '1.0.2',
    process: process(config, surroundings),
    root: { path: surroundings.rootPath, readonly: config.readOnlyRoot },
    mounts: [...defaultMounts(config), ...ownMounts(config)],
    linux: linux(config, surroundings),
    annotations: {
      'io.kubernetes.pod.namespace': config.podNamespace,
      'io.kubernetes.pod.name': config.podName,
      'io.kubernetes.container.name': config.name,
    },
  };
}

function process(config: ContainerConfig, { privileges }: OciSurroundings) {
  const { capabilities, privileged } = config;
  const granted = privileged ? capabilities.filter((c) => privileges.capabilities.includes(c)) : capabilities;
  // A user other than root holds none of them until it runs a set-uid program: same as containerd.
  const held = config.user.uid === 0 ? granted : [];
  return {
    terminal: config.tty,
    user: config.user,
    args: config.argv,
    env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
    cwd: config.workingDir || '/',
    capabilities: { bounding: granted, effective: held, permitted: held },
    noNewPrivileges: config.noNewPrivileges,
    oomScoreAdj: Math.max(config.oomScoreAdj, privileges.lowestOomScoreAdj),
  };
}

function defaultMounts({ privileged, sandbox, mounts }: ContainerConfig): OciMount[] {
  const sys = ['nosuid', 'noexec', 'nodev', privileged ? 'rw' : 'ro'];
  const all: OciMount[] = [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
    },
    // sysfs shows the network of whoever mounts it; without a network of its own the node's is shown.
    sandbox.netns
      ? { destination: '/sys', type: 'sysfs', source: 'sysfs', options: sys }
      : { destination: '/sys', source: '/sys', options: ['rbind', ...sys] },
  ];
  return all.filter(({ destination }) => !mounts.some((m) => m.target === destination));
}

const depth = (path: string) => path.split('/').filter(Boolean).length;

/** A mount on a directory comes before those inside it. */
function ownMounts({ mounts }: ContainerConfig): OciMount[] {
  return mounts
    .map(({ source, target, readOnly, propagation }) => ({
      destination: target,
      type: 'bind',
      source,
      options: ['rbind', propagationOption(propagation), readOnly ? 'ro' : 'rw'],
    }))
    .sort((a, b) => depth(a.destination) - depth(b.destination));
}

function propagationOption(propagation = 'None'): string {
  if (propagation === 'HostToContainer') return 'rslave';
  return propagation === 'Bidirectional' ? 'rshared' : 'rprivate';
}

function linux(config: ContainerConfig, { cgroupPath, devices }: OciSurroundings) {
  const shared = config.mounts.some((m) => m.propagation === 'Bidirectional');
  const slave = config.mounts.some((m) => m.propagation === 'HostToContainer');
  return {
    namespaces: namespaces(config),
    ...(cgroupPath && { cgroupsPath: cgroupPath, resources: resources(config) }),
    ...(Object.keys(config.sysctls).length > 0 && { sysctl: config.sysctls }),
    ...(shared ? { rootfsPropagation: 'rshared' } : slave ? { rootfsPropagation: 'rslave' } : {}),
    ...(config.privileged ? { devices } : { maskedPaths, readonlyPaths }),
  };
}

function namespaces({ sandbox, hostPID, hostIPC, pidns }: ContainerConfig): Namespace[] {
  const all: Namespace[] = [{ type: 'mount' }];
  if (!hostPID) all.push(pidns ? { type: 'pid', path: pidns } : { type: 'pid' });
  if (sandbox.netns) all.push({ type: 'network', path: sandbox.netns });
  if (sandbox.utsns) all.push({ type: 'uts', path: sandbox.utsns });
  if (!hostIPC) all.push(sandbox.ipcns ? { type: 'ipc', path: sandbox.ipcns } : { type: 'ipc' });
  return all;
}

const cpuPeriodUs = 100_000;

function resources({ privileged, resources: r }: ContainerConfig) {
  return {
    devices: privileged ? [{ allow: true, access: 'rwm' }] : allowedDevices,
    ...((r.cpuShares !== undefined || r.cpuQuotaUs !== undefined) && {
      cpu: {
        ...(r.cpuShares !== undefined && { shares: r.cpuShares }),
        ...(r.cpuQuotaUs !== undefined && { quota: r.cpuQuotaUs, period: cpuPeriodUs }),
      },
    }),
    ...(r.memoryBytes !== undefined && { memory: { limit: r.memoryBytes } }),
    ...(r.pidsLimit !== undefined && { pids: { limit: r.pidsLimit } }),
  };
}

/** Everything may be made, only these may be opened: the list of runc and containerd. */
const allowedDevices = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...(
    [
      [1, 3], // null
      [1, 5], // zero
      [1, 7], // full
      [1, 8], // random
      [1, 9], // urandom
      [5, 0], // tty
      [5, 1], // console
      [5, 2], // ptmx
      [10, 200], // net/tun
    ] as const
  ).map(([major, minor]) => ({ allow: true, type: 'c', major, minor, access: 'rwm' })),
  { allow: true, type: 'c', major: 136, access: 'rwm' }, // pts
];

const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
