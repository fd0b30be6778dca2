/** From a container of the spec to one that runs. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configMaps, secrets } from '../../../api/resource.ts';
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerConfig, ContainerRecord, Image } from '../../contract.ts';
import { readOnlyVolumes, volumeMounts } from '../../volumes/mounts.ts';
import { commonMounts, type Prepared } from '../sandbox/sandbox.ts';
import type { Surroundings } from '../surroundings.ts';
import { containerConfig } from './containerConfig.ts';
import { environment } from './env.ts';
import { messageOf, StartFailure } from './failure.ts';
import { runHook } from './hooks.ts';
import { processNamespace } from './processNamespace.ts';
import type { Accounts } from './user.ts';

const configRetryMs = 2_000;
const hookTimeoutMs = 600_000;

export interface StartParts {
  image: Image;
  prepared: Prepared;
  attempt: number;
  /** The containers of the pod that run. */
  running: readonly ContainerRecord[];
}

/** Everything decided; rejects with a {@link StartFailure} of CreateContainerConfigError. */
export async function decide(
  pod: Pod,
  container: Container,
  { image, prepared, attempt, running }: StartParts,
  around: Surroundings,
): Promise<ContainerConfig> {
  try {
    const pidns = await processNamespace(pod, container, running, around.directories);
    const env = await environment(container, sourcesFor(pod, prepared, around));
    return containerConfig(pod, container, {
      id: randomBytes(32).toString('hex'),
      attempt,
      image,
      sandbox: prepared.sandbox,
      hostname: prepared.hostname,
      pidns,
      env,
      mounts: [
        ...commonMounts(pod, container, attempt, around),
        ...volumeMounts(container, prepared.volumes, env, readOnlyVolumes(pod)),
      ],
      accounts: accountsOf(image),
      nodeMemoryBytes: around.nodeMemoryBytes,
      logPath: join(around.directories.logs(pod), container.name, `${attempt}.log`),
    });
  } catch (err) {
    around.event(pod, 'Warning', 'Failed', `Error: ${messageOf(err)}`, container.name);
    throw new StartFailure('CreateContainerConfigError', messageOf(err), configRetryMs);
  }
}

function sourcesFor(pod: Pod, { sandbox }: Prepared, around: Surroundings) {
  const { namespace = '', uid = '' } = pod.metadata;
  return {
    pod,
    podIPs: sandbox.podIPs,
    hostIPs: around.nodeIPs,
    allocatable: around.allocatable(),
    services: around.services,
    configMap: (name: string) => around.objects.get(configMaps, namespace, name, uid),
    secret: (name: string) => around.objects.get(secrets, namespace, name, uid),
  };
}

function accountsOf({ rootfs }: Image): Accounts {
  const read = (file: string) => {
    try {
      return readFileSync(join(rootfs, file), 'utf8');
    } catch {
      return '';
    }
  };
  return { passwd: read('etc/passwd'), group: read('etc/group') };
}

/** Rejects when it cannot be made; the runtime keeps a record of that, which the next plan sees. */
export async function launch(
  pod: Pod,
  config: ContainerConfig,
  around: Surroundings,
): Promise<ContainerRecord> {
  const { runtime, event } = around;
  try {
    const { id } = await runtime.create(config);
    event(pod, 'Normal', 'Created', `Created container: ${config.name}`, config.name);
    const record = await runtime.start(id).catch(async (err: unknown) => {
      await runtime.signal(id, 'SIGKILL');
      throw err;
    });
    event(pod, 'Normal', 'Started', `Started container ${config.name}`, config.name);
    return record;
  } catch (err) {
    event(pod, 'Warning', 'Failed', `Error: ${messageOf(err)}`, config.name);
    throw err;
  }
}

/** Says whether the container may go on. */
export async function afterStart(
  pod: Pod,
  container: Container,
  record: ContainerRecord,
  podIP: string,
  around: Surroundings,
): Promise<boolean> {
  const hook = container.lifecycle?.postStart;
  if (!hook) return true;
  try {
    const { runtime, clock, signal } = around;
    await runHook(hook, { runtime, clock, container, id: record.id, podIP, signal }, hookTimeoutMs);
    return true;
  } catch (err) {
    around.event(
      pod,
      'Warning',
      'FailedPostStartHook',
      `PostStartHook failed: ${messageOf(err)}`,
      container.name,
    );
    return false;
  }
}
