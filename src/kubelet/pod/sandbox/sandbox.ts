/** What all containers of a pod share: its namespaces, its volumes, its files in /etc. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname as nodeHostname } from 'node:os';
import { join } from 'node:path';
import { hostPortsOf } from '../../../api/core/pod/hostPorts.ts';
import type { Container, Pod } from '../../../api/types.ts';
import { unmount } from '../../../lib/linux/mount.ts';
import type { ContainerConfig, Sandbox } from '../../contract.ts';
import { inMemory } from '../../volumes/inMemory.ts';
import { messageOf, StartFailure } from '../container/failure.ts';
import { endSharedProcesses } from '../container/processNamespace.ts';
import type { Surroundings } from '../surroundings.ts';
import { hostsFile, podHostname, resolvConf } from './files.ts';

export interface Prepared {
  sandbox: Sandbox;
  hostname: string;
  /** Of volumes, by name. */
  volumes: Map<string, string>;
}

const retryMs = 2_000;

/** Idempotent: an agent that starts anew finds what is there. Rejects with a {@link StartFailure}. */
export async function prepare(pod: Pod, around: Surroundings): Promise<Prepared> {
  const why = unsupported(pod);
  if (why) throw sandboxFailure(pod, around, why, 300_000);
  const uid = pod.metadata.uid ?? '';
  mkdirSync(join(around.directories.of(uid), 'etc'), { recursive: true });
  const hostname = hostnameOf(pod, around);
  const network = around.network.setUp(pod, hostname).then(async (sandbox) => {
    writeEtc(pod, sandbox, hostname, around);
    const { podIPs } = sandbox;
    const status = { ...pod.status, podIP: podIPs[0] ?? '', podIPs: podIPs.map((ip) => ({ ip })) };
    await around.beforeStart({ ...pod, status });
    return sandbox;
  });
  network.catch(() => {}); // heard of below, after the volumes
  const volumes = await setUpVolumes(pod, network, around);
  try {
    return { sandbox: await network, hostname, volumes };
  } catch (err) {
    throw sandboxFailure(pod, around, messageOf(err), retryMs);
  }
}

function hostnameOf(pod: Pod, around: Surroundings): string {
  try {
    return podHostname(pod, around.dns.clusterDomain, nodeHostname());
  } catch (err) {
    throw sandboxFailure(pod, around, messageOf(err), 300_000);
  }
}

/** Volumes do not wait for the network, unless they tell the pod's address. */
async function setUpVolumes(pod: Pod, network: Promise<Sandbox>, around: Surroundings) {
  const hostIPs = around.nodeIPs;
  const tellsAddress = JSON.stringify(pod.spec?.volumes ?? []).includes('status.podIP');
  try {
    const podIPs = tellsAddress ? (await network).podIPs : [];
    return await around.volumes.setUp(pod, { podIPs, hostIPs });
  } catch (err) {
    around.event(pod, 'Warning', 'FailedMount', messageOf(err));
    throw new StartFailure('ContainerCreating', messageOf(err), retryMs);
  }
}

function sandboxFailure(pod: Pod, { event }: Surroundings, why: string, retry: number): StartFailure {
  const message = `Failed to create pod sandbox: ${why}`;
  event(pod, 'Warning', 'FailedCreatePodSandBox', message);
  return new StartFailure('ContainerCreating', message, retry);
}

function unsupported({ spec }: Pod): string | undefined {
  if (spec?.hostUsers === false)
    return "can't set `spec.hostUsers: false`, runtime does not support user namespaces";
  if (spec?.runtimeClassName) return `runtimeClassName ${spec.runtimeClassName} is not supported`;
  if (spec?.resourceClaims?.length) return 'resourceClaims are not supported';
  if (!spec?.hostNetwork && hostPortsOf(spec).some(({ ip }) => ip === '::1'))
    return 'hostIP ::1 is not supported: IPv6 has no route from the loopback link to a pod';
  return undefined;
}

function writeEtc(pod: Pod, { podIPs }: Sandbox, hostname: string, around: Surroundings): void {
  const etc = join(around.directories.of(pod.metadata.uid ?? ''), 'etc');
  const write = (name: string, text: string) => writeFileSync(join(etc, name), text);
  write('hostname', `${hostname}\n`);
  write('hosts', hostsFile(pod, podIPs, around.dns.clusterDomain, around.nodeHosts));
  const { text, omissions } = resolvConf(pod, around.dns);
  write('resolv.conf', text);
  for (const omission of omissions) around.event(pod, 'Warning', 'DNSConfigForming', omission);
}

const shmBytes = 64 << 20;

/** Mounts that every container of the pod gets, unless its own take the place. */
export function commonMounts(pod: Pod, container: Container, attempt: number, around: Surroundings) {
  const directory = around.directories.of(pod.metadata.uid ?? '');
  const mounts: ContainerConfig['mounts'] = ['hosts', 'hostname', 'resolv.conf'].map((name) => ({
    source: join(directory, 'etc', name),
    target: `/etc/${name}`,
    readOnly: false,
  }));
  mounts.push({ source: sharedMemory(pod, directory), target: '/dev/shm', readOnly: false });
  const log = terminationLog(directory, container.name, attempt);
  writeFileSync(log, '');
  chmodSync(log, 0o666); // whoever the container runs as
  mounts.push({
    source: log,
    target: container.terminationMessagePath || '/dev/termination-log',
    readOnly: false,
  });
  const own = new Set(container.volumeMounts?.map((m) => m.mountPath));
  return mounts.filter(({ target }) => !own.has(target));
}

export function terminationLog(podDirectory: string, container: string, attempt: number): string {
  const directory = join(podDirectory, 'containers', container);
  mkdirSync(directory, { recursive: true });
  return join(directory, `${attempt}.message`);
}

/** POSIX shared memory belongs to the IPC namespace, which the pod's containers share. */
function sharedMemory(pod: Pod, podDirectory: string): string {
  if (pod.spec?.hostIPC) return '/dev/shm';
  const directory = join(podDirectory, 'shm');
  mkdirSync(directory, { recursive: true });
  inMemory(directory, `mode=1777,size=${shmBytes}`);
  return directory;
}

/** Network and volumes of a pod whose containers have all ended. */
export async function release(uid: string, around: Surroundings): Promise<void> {
  await around.network.tearDown(uid);
  around.volumes.tearDown(uid);
  endSharedProcesses(around.directories.of(uid));
  unmount(join(around.directories.of(uid), 'shm'));
}

/** Everything that is left of the pod on this node. */
export async function erase(uid: string, logs: string, around: Surroundings): Promise<void> {
  for (const record of await around.runtime.list())
    if (record.podUid === uid) await around.runtime.remove(record.id);
  await release(uid, around);
  for (const directory of [around.directories.of(uid), logs])
    if (existsSync(directory)) removeTree(directory);
}

function removeTree(directory: string): void {
  for (const name of readdirSync(directory)) unmount(join(directory, name));
  rmSync(directory, { recursive: true, force: true });
}
