/** From a pod's spec to a container in which everything is decided. */
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerConfig, Image, Sandbox } from '../../contract.ts';
import { allCapabilities, grantedCapabilities } from '../../runtime/capabilities.ts';
import { expand } from './expand.ts';
import { kernelLimits, oomScoreAdjust } from './resources.ts';
import { type Accounts, containerUser } from './user.ts';

export interface ContainerParts {
  id: string;
  attempt: number;
  image: Image;
  sandbox: Sandbox;
  hostname: string;
  /** That of the pod, or of the container that this one looks into. */
  pidns?: string | undefined;
  /** What `env.ts` put together. */
  env: Record<string, string>;
  mounts: ContainerConfig['mounts'];
  accounts: Accounts;
  nodeMemoryBytes: number;
  logPath: string;
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Throws what becomes the message of a CreateContainerConfigError. */
export function containerConfig(pod: Pod, container: Container, parts: ContainerParts): ContainerConfig {
  const { image, sandbox } = parts;
  const security = container.securityContext ?? {};
  const privileged = security.privileged ?? false;
  const env = {
    PATH: defaultPath,
    HOSTNAME: parts.hostname,
    ...(container.tty && { TERM: 'xterm' }),
    ...imageEnv(image),
    ...parts.env,
  };
  return {
    id: parts.id,
    podUid: pod.metadata.uid ?? '',
    podName: pod.metadata.name,
    podNamespace: pod.metadata.namespace ?? '',
    name: container.name,
    attempt: parts.attempt,
    image,
    argv: argvOf(container, image, parts.env),
    env,
    workingDir: container.workingDir || image.config.WorkingDir || '/',
    sandbox,
    hostPID: pod.spec?.hostPID ?? false,
    hostIPC: pod.spec?.hostIPC ?? false,
    ...(parts.pidns !== undefined && { pidns: parts.pidns }),
    mounts: parts.mounts,
    tty: container.tty ?? false,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    readOnlyRoot: security.readOnlyRootFilesystem ?? false,
    user: containerUser(pod, container, image.config.User ?? '', parts.accounts),
    capabilities: privileged
      ? [...allCapabilities]
      : grantedCapabilities(security.capabilities?.add, security.capabilities?.drop),
    privileged,
    noNewPrivileges: security.allowPrivilegeEscalation === false,
    sysctls: sysctlsOf(pod),
    resources: kernelLimits(container),
    oomScoreAdj: oomScoreAdjust(pod, container, parts.nodeMemoryBytes),
    stopSignal: container.lifecycle?.stopSignal ?? image.config.StopSignal ?? 'SIGTERM',
    logPath: parts.logPath,
  };
}

function imageEnv(image: Image): Record<string, string> {
  return Object.fromEntries(
    (image.config.Env ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/ */
function argvOf(container: Container, image: Image, env: Record<string, string>): string[] {
  const { command, args } = container;
  const entrypoint = command?.length ? command : (image.config.Entrypoint ?? []);
  const rest = args?.length ? args : command?.length ? [] : (image.config.Cmd ?? []);
  const argv = [...entrypoint, ...rest];
  if (argv.length === 0) throw new Error('no command specified');
  return argv.map((word) => expand(word, (name) => env[name]));
}

const sysctlsOf = ({ spec }: Pod): Record<string, string> =>
  Object.fromEntries((spec?.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value]));
