/** Pods as tests make them with the real kubectl, and what stays of one while its agent is away. */
import assert from 'node:assert/strict';
import type { Pod, Service } from '../../src/api/types.ts';
import { eventually } from './eventually.ts';
import type { Kubectl } from './kubectl.ts';

type PodSpec = NonNullable<Pod['spec']>;
type Container = PodSpec['containers'][number];

export interface TestPod {
  name: string;
  node?: string;
  image?: string;
  /** What the shell of busybox runs; the image's own program when left out. */
  script?: string;
  container?: Partial<Container>;
  spec?: Partial<PodSpec>;
  /** Beside `app`, which is the name. */
  labels?: Record<string, string>;
}

export function podOf({ name, node, image = 'busybox', script, container, spec, labels }: TestPod): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 0,
      ...(node && { nodeName: node }),
      containers: [{ name: 'main', image, ...(script && { command: ['sh', '-c', script] }), ...container }],
      ...spec,
    },
  } as Pod;
}

export const nodePortService = (name: string, port: number, nodePort: number): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'NodePort', selector: { app: name }, ports: [{ port, nodePort }] },
  }) as Service;

export const apply = (kubectl: Kubectl, ...objects: object[]): Promise<string> =>
  kubectl.input(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), 'apply', '-f', '-');

export const podNamed = (kubectl: Kubectl, name: string): Promise<Pod> =>
  kubectl.json<Pod>('get', 'pod', name);

export const ready = (kubectl: Kubectl, ...names: string[]): Promise<string> =>
  kubectl('wait', '--for=condition=Ready', '--timeout=60s', ...names.map((name) => `pod/${name}`));

/** Waits until an object of a pod is as `holds` wants it; fails with what it is instead. */
export const podBecomes = (
  kubectl: Kubectl,
  name: string,
  holds: (pod: Pod) => boolean,
  withinMs = 60_000,
): Promise<Pod> =>
  eventually(async () => {
    const pod = await podNamed(kubectl, name);
    assert.ok(holds(pod), `pod ${name} is ${JSON.stringify(pod.status)}`);
    return pod;
  }, withinMs);

/** What must not change of a pod that goes on running. */
export function lifeOf({ metadata, spec, status }: Pod): object {
  return {
    uid: metadata.uid,
    node: spec?.nodeName,
    podIP: status?.podIP,
    containers: status?.containerStatuses?.map(({ containerID, restartCount, state }) => ({
      containerID,
      restartCount,
      startedAt: state?.running?.startedAt,
    })),
  };
}
