/** Objects as tests write them: what matters, and the rest filled in. */
import type { Deployment, Node, Pod, ReplicaSet, Service, StatefulSet } from '../../api/types.ts';

export const now = Date.UTC(2026, 0, 1);
export const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

export interface PodWords {
  name?: string;
  node?: string;
  ip?: string;
  ips?: string[];
  phase?: string;
  ready?: boolean;
  /** Seconds since it became ready. */
  readyFor?: number;
  terminating?: boolean;
  /** Seconds. */
  age?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec?: Partial<NonNullable<Pod['spec']>>;
  restarts?: number;
}

export function aPod(words: PodWords = {}): Pod {
  const { name = 'pod', node, ready = true, readyFor = 60, age = 60, phase = 'Running' } = words;
  const ips = words.ips ?? (words.ip ? [words.ip] : []);
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      creationTimestamp: ago(age),
      labels: words.labels ?? { app: 'web' },
      ...(words.annotations && { annotations: words.annotations }),
      ...(words.terminating && { deletionTimestamp: ago(1) }),
    },
    spec: { containers: [], ...(node && { nodeName: node }), ...words.spec },
    status: {
      phase,
      ...(ips.length > 0 && { podIP: ips[0] as string, podIPs: ips.map((ip) => ({ ip })) }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readyFor) }],
      containerStatuses: [{ name: 'web', image: '', imageID: '', ready, restartCount: words.restarts ?? 0 }],
    },
  };
}

const selector = { matchLabels: { app: 'web' } };
const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});

export const aReplicaSet = (spec: Partial<NonNullable<ReplicaSet['spec']>> = {}): ReplicaSet => ({
  metadata: { name: 'web', namespace: 'default', uid: 'uid-set', generation: 1 },
  spec: { replicas: 1, selector, template: template('nginx:1'), ...spec },
});

export const aDeployment = (
  spec: Partial<NonNullable<Deployment['spec']>> & { image?: string } = {},
): Deployment => {
  const { image = 'nginx:1', ...rest } = spec;
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'uid-deployment', generation: 1 },
    spec: {
      replicas: 1,
      selector,
      template: template(image),
      progressDeadlineSeconds: 600,
      ...rest,
    },
  };
};

/** A ReplicaSet of {@link aDeployment}: its image, its size, how many pods are there and available. */
export function setOf(
  deployment: Deployment,
  image: string,
  size: number,
  more: { available?: number; revision?: number; age?: number; desired?: number } = {},
): ReplicaSet {
  const { available = size, revision = 1, age = 60, desired = deployment.spec?.replicas ?? 1 } = more;
  const name = `web-${image.replace(/\W/g, '')}`;
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      generation: 1,
      creationTimestamp: ago(age),
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        'deployment.kubernetes.io/desired-replicas': String(desired),
        'deployment.kubernetes.io/max-replicas': String(desired),
      },
    },
    spec: { replicas: size, selector, template: template(image) },
    status: { replicas: size, availableReplicas: available, readyReplicas: available, observedGeneration: 1 },
  };
}

export const aStatefulSet = (spec: Partial<NonNullable<StatefulSet['spec']>> = {}): StatefulSet => ({
  metadata: { name: 'db', namespace: 'default', uid: 'uid-db', generation: 1 },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [] } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...spec,
  },
});

export const aService = (
  spec: Partial<NonNullable<Service['spec']>> = {},
  metadata: Partial<Service['metadata']> = {},
): Service => ({
  metadata: { name: 'web', namespace: 'default', uid: 'uid-service', ...metadata },
  spec: {
    selector: { app: 'web' },
    ipFamilies: ['IPv4'],
    clusterIP: '10.96.0.7',
    ports: [{ port: 80, targetPort: 8080 as never, protocol: 'TCP' }],
    ...spec,
  },
});

export const aNode = (
  name: string,
  ready: 'True' | 'False' | 'Unknown' | 'untold' = 'True',
  spec: Node['spec'] = {},
): Node => ({
  metadata: { name, creationTimestamp: ago(60) },
  spec,
  status: { conditions: ready === 'untold' ? [] : [{ type: 'Ready', status: ready }] },
});
