/** Pods for tests, as a user would write them. */
import { parse } from 'yaml';
import type { Container, Pod } from '../../api/types.ts';
import type { ContainerRecord, Image } from '../contract.ts';

/** The spec (and more) in YAML; the name is `web`, in `default`, unless it says otherwise. */
export function podOf(yaml: string): Pod {
  const { metadata, ...rest } = parse(yaml) as Partial<Pod>;
  return {
    ...rest,
    metadata: { namespace: 'default', uid: 'uid-1', ...metadata, name: metadata?.name ?? 'web' },
    spec: { restartPolicy: 'Always', ...rest.spec, containers: rest.spec?.containers ?? [{ name: 'main' }] },
  };
}

export const containerOf = (yaml: string): Container => parse(yaml) as Container;

export function recordOf(name: string, own: Partial<ContainerRecord>): ContainerRecord {
  const attempt = own.attempt ?? 0;
  return {
    id: `${name}-${attempt}`,
    podUid: 'uid-1',
    podName: 'web',
    podNamespace: 'default',
    name,
    attempt,
    imageReference: 'docker.io/library/nginx:latest',
    imageId: 'sha256:abc',
    logPath: `/var/log/pods/${name}/${attempt}.log`,
    tty: false,
    stdin: false,
    stopSignal: 'SIGTERM',
    state: 'running',
    createdAtMs: 1_000,
    startedAtMs: 1_000,
    ...own,
  };
}

export const imageOf = (config: Image['config'] = {}): Image => ({
  reference: 'docker.io/library/nginx:latest',
  id: 'sha256:abc',
  rootfs: '/nowhere',
  sizeBytes: 1,
  pinned: false,
  config,
});
