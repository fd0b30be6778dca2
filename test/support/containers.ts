/** What tests with real containers need: a small root, and a mount namespace in which crun runs. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesDir } from '../../src/cluster/paths.ts';
import type { ContainerConfig, Image, ImageConfig } from '../../src/kubelet/contract.ts';
import { imageStore } from '../../src/kubelet/images/store.ts';
import { grantedCapabilities } from '../../src/kubelet/runtime/capabilities.ts';
import { execute } from '../../src/lib/exec.ts';

export const inside = process.env['SWITCHBOARD_TEST_INSIDE'] === '1';

/**
 * Runs a test file again in a mount namespace without the v2 tree of a hybrid layout, which crun refuses,
 * and in a network and a process namespace of its own: whatever it leaves running ends with it, and as on a
 * node there is a first process that looks at those whose parents have ended.
 */
export async function runInside(file: string): Promise<void> {
  const script = 'umount /sys/fs/cgroup/unified 2>/dev/null; ip link set lo up; exec catatonit -- "$@"';
  // Or else the inner run takes itself for a part of the outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, SWITCHBOARD_TEST_INSIDE: '1' };
  const own = [
    '--mount',
    '--net',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--propagation',
    'slave',
  ];
  // One process for all of it: another would outlive this one when its time is over.
  const tests = [process.execPath, '--test', '--test-isolation=none', file];
  const { code, stdout, stderr } = await execute('unshare', [...own, 'sh', '-c', script, 'sh', ...tests], {
    env,
    timeoutMs: 170_000,
  });
  if (code !== 0) throw new Error(`${stdout}\n${stderr}`);
}

const commands =
  'sh cat sleep echo ls id env hostname ps stty kill head wc md5sum dd sysctl ip nc httpd wget touch test true false stat mount ulimit printf trap cp mkdir chmod date';

/** An image of one static binary, which is that of the preloaded image: the machine may have none, or another. */
export async function busyboxImage(directory: string, config: ImageConfig = {}): Promise<Image> {
  const preloaded = await imageStore({ dir: imagesDir }).find('busybox');
  if (!preloaded) throw new Error('the image busybox is not there: run make setup');
  const rootfs = join(directory, 'busybox');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  for (const name of ['etc', 'tmp', 'proc', 'sys', 'dev']) mkdirSync(join(rootfs, name), { recursive: true });
  cpSync(join(preloaded.rootfs, 'usr/bin/busybox'), join(rootfs, 'bin/busybox'));
  for (const command of commands.split(' ')) symlinkSync('busybox', join(rootfs, 'bin', command));
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nweb:x:101:102::/:/bin/sh\n');
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nweb:x:102:\nlogs:x:200:web\n');
  return {
    reference: 'docker.io/library/busybox:latest',
    id: `sha256:${'b'.repeat(64)}`,
    rootfs,
    sizeBytes: 1,
    pinned: true,
    config: { Env: ['PATH=/bin'], ...config },
  };
}

export const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'sb-'));

let made = 0;

export function containerConfig(
  image: Image,
  directory: string,
  own: Partial<ContainerConfig>,
): ContainerConfig {
  const id = (++made).toString(16).padStart(12, '0').padEnd(64, process.pid.toString(16).padEnd(52, 'a'));
  return {
    id,
    podUid: 'uid-1',
    podName: 'web',
    podNamespace: 'default',
    name: 'main',
    attempt: 0,
    image,
    argv: ['sleep', '100'],
    env: { PATH: '/bin' },
    workingDir: '/',
    sandbox: { podIPs: ['127.0.0.1'] },
    hostPID: false,
    hostIPC: false,
    mounts: [],
    tty: false,
    stdin: false,
    stdinOnce: false,
    readOnlyRoot: false,
    user: { uid: 0, gid: 0, additionalGids: [] },
    capabilities: grantedCapabilities(),
    privileged: false,
    noNewPrivileges: false,
    sysctls: {},
    resources: {},
    oomScoreAdj: 1000,
    stopSignal: 'SIGTERM',
    logPath: join(directory, 'logs', `${id}.log`),
    ...own,
  };
}
