import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerConfig } from '../contract.ts';
import { imageOf } from '../testing/pod.ts';
import { allCapabilities, defaultCapabilities } from './capabilities.ts';
import { ociConfig } from './oci.ts';
import { ownPrivileges } from './privileges.ts';

const config: ContainerConfig = {
  id: 'a'.repeat(64),
  podUid: 'uid-1',
  podName: 'web',
  podNamespace: 'default',
  name: 'main',
  attempt: 0,
  image: imageOf(),
  argv: ['nginx', '-g', 'daemon off;'],
  env: { PATH: '/bin', A: 'b' },
  workingDir: '/srv',
  sandbox: { netns: '/run/net', utsns: '/run/uts', ipcns: '/run/ipc', podIPs: [] },
  hostPID: false,
  hostIPC: false,
  mounts: [],
  tty: false,
  stdin: false,
  stdinOnce: false,
  readOnlyRoot: true,
  user: { uid: 0, gid: 0, additionalGids: [] },
  capabilities: [...defaultCapabilities],
  privileged: false,
  noNewPrivileges: true,
  sysctls: {},
  resources: {},
  oomScoreAdj: 500,
  stopSignal: 'SIGTERM',
  logPath: '/log',
};

const privileges = { capabilities: allCapabilities, lowestOomScoreAdj: -1000 };
const tty0 = { path: '/dev/tty0', type: 'c', major: 4, minor: 0, fileMode: 0o600, uid: 0, gid: 0 } as const;
const oci = (own: Partial<ContainerConfig> = {}, cgroupPath: string | undefined = '/pods/a') =>
  ociConfig(
    { ...config, ...own },
    { rootPath: '/root', ...(cgroupPath && { cgroupPath }), devices: [tty0], privileges },
  );
const namespaces = (own: Partial<ContainerConfig>) =>
  oci(own)
    .linux.namespaces.map(({ type, path }) => (path ? `${type}=${path}` : type))
    .join(' ');

test('the process', () => {
  const { process, root } = oci();
  assert.deepEqual(process.args, ['nginx', '-g', 'daemon off;']);
  assert.deepEqual(process.env, ['PATH=/bin', 'A=b']);
  assert.deepEqual([process.cwd, process.noNewPrivileges, process.oomScoreAdj], ['/srv', true, 500]);
  assert.deepEqual(root, { path: '/root', readonly: true });
});

test('a user other than root holds no capability to begin with', () => {
  assert.deepEqual(oci().process.capabilities.effective, defaultCapabilities);
  const { effective, bounding } = oci({ user: { uid: 5, gid: 5, additionalGids: [] } }).process.capabilities;
  assert.deepEqual([effective, bounding], [[], defaultCapabilities]);
});

describe('namespaces', () => {
  test("are the sandbox's, with processes and mounts of its own", () =>
    assert.equal(namespaces({}), 'mount pid network=/run/net uts=/run/uts ipc=/run/ipc'));
  test("of a pod on the node's network are the node's", () =>
    assert.equal(namespaces({ sandbox: { podIPs: [] } }), 'mount pid ipc'));
  test("hostPID and hostIPC are the node's", () =>
    assert.equal(namespaces({ hostPID: true, hostIPC: true }), 'mount network=/run/net uts=/run/uts'));
});

describe('mounts', () => {
  const targets = (own: Partial<ContainerConfig> = {}) =>
    oci(own).mounts.map(({ destination, options }) => `${destination} ${options?.at(-1)}`);

  test('a container has its own /proc, /dev and a /sys that it cannot change', () => {
    assert.deepEqual(
      oci().mounts.map((m) => m.destination),
      ['/proc', '/dev', '/dev/pts', '/dev/mqueue', '/dev/shm', '/sys'],
    );
    assert.equal(targets().at(-1), '/sys ro');
    assert.equal(targets({ privileged: true }).at(-1), '/sys rw');
  });
  test('a directory is mounted before what lies in it, and a given /dev/shm takes the place', () => {
    const mounts = [
      { source: '/v/b', target: '/a/b', readOnly: true },
      { source: '/v/a', target: '/a', readOnly: false },
      { source: '/v/shm', target: '/dev/shm', readOnly: false },
    ];
    assert.deepEqual(targets({ mounts }).slice(-3), ['/a rw', '/a/b ro', '/dev/shm rw']);
    assert.equal(targets({ mounts }).filter((t) => t.startsWith('/dev/shm')).length, 1);
  });
  test('propagation makes the root take part', () => {
    const mounts = [{ source: '/v', target: '/v', readOnly: false, propagation: 'Bidirectional' }];
    assert.equal(oci({ mounts }).linux.rootfsPropagation, 'rshared');
    assert.deepEqual(oci({ mounts }).mounts.at(-1)?.options, ['rbind', 'rshared', 'rw']);
  });
});

test('limits, and none at all without cgroups', () => {
  const resources = { cpuShares: 512, cpuQuotaUs: 50_000, memoryBytes: 1 << 20, pidsLimit: 10 };
  const { linux } = oci({ resources });
  assert.equal(linux.cgroupsPath, '/pods/a');
  assert.deepEqual(linux.resources?.cpu, { shares: 512, quota: 50_000, period: 100_000 });
  assert.deepEqual(linux.resources?.memory, { limit: 1 << 20 });
  assert.deepEqual(linux.resources?.pids, { limit: 10 });
  const without = ociConfig(config, { rootPath: '/root', devices: [], privileges });
  assert.equal('resources' in without.linux, false);
});

test('privileged sees the devices and nothing is hidden', () => {
  const { linux } = oci({ privileged: true });
  assert.deepEqual('devices' in linux && linux.devices, [tty0]);
  assert.equal('maskedPaths' in linux, false);
  assert.deepEqual(linux.resources?.devices, [{ allow: true, access: 'rwm' }]);
  const usual = oci().linux;
  assert.ok('maskedPaths' in usual && usual.maskedPaths.includes('/proc/kcore'));
});

test('an agent that lacks something does not promise it', () => {
  const status = (mask: string) => (file: string) => (file.endsWith('status') ? `CapEff:\t${mask}\n` : '5\n');
  assert.deepEqual(ownPrivileges(status('000001ffffffffff')), privileges);
  const less = ownPrivileges(status('000001fffeffffff'));
  assert.equal(less.lowestOomScoreAdj, 5);
  const surroundings = { rootPath: '/root', devices: [], privileges: less };
  const own = { privileged: true, capabilities: [...allCapabilities], oomScoreAdj: -997 };
  const { process } = ociConfig({ ...config, ...own }, surroundings);
  assert.equal(process.oomScoreAdj, 5);
  assert.deepEqual(
    allCapabilities.filter((c) => !process.capabilities.bounding.includes(c)),
    ['CAP_SYS_RESOURCE'],
  );
});
