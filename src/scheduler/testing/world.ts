/** A cluster for tests, in few words. */
import type { Node, Pod, Service } from '../../api/types.ts';
import type { World } from '../plugin.ts';
import { podInfo, Snapshot } from '../snapshot.ts';
import type { Volumes } from '../volumes/contract.ts';

export interface NodeWords {
  labels?: Record<string, string>;
  spec?: Node['spec'];
  ready?: 'True' | 'False';
  allocatable?: Record<string, string>;
}

export interface PodWords {
  node?: string;
  labels?: Record<string, string>;
  /** Of its one container. */
  requests?: Record<string, string>;
  spec?: Partial<NonNullable<Pod['spec']>>;
  namespace?: string;
  owner?: string;
}

export const aNode = (name: string, words: NodeWords = {}): Node => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...words.labels } },
  spec: words.spec ?? {},
  status: {
    conditions: [{ type: 'Ready', status: words.ready ?? 'True' }],
    allocatable: { cpu: '4', memory: '8Gi', pods: '10', ...words.allocatable },
  },
});

export const aPod = (name: string, words: PodWords = {}): Pod => ({
  metadata: {
    name,
    namespace: words.namespace ?? 'default',
    uid: name,
    labels: words.labels ?? {},
    ...(words.owner && {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: words.owner, uid: words.owner, controller: true },
      ],
    }),
  },
  spec: {
    containers: [{ name: 'c', ...(words.requests && { resources: { requests: words.requests } }) }],
    ...(words.node && { nodeName: words.node }),
    ...words.spec,
  },
});

export function world(
  nodes: Record<string, NodeWords>,
  pods: Record<string, PodWords> = {},
  services: Service[] = [],
): World {
  const snapshot = new Snapshot();
  for (const [name, words] of Object.entries(nodes)) snapshot.setNode(aNode(name, words));
  for (const [name, words] of Object.entries(pods))
    snapshot.setPod(podInfo(aPod(name, words)), words.node ?? '');
  return {
    snapshot,
    servicesOf: () => services,
    namespaceLabels: (name) => ({ 'kubernetes.io/metadata.name': name }),
    volumes: noVolumes,
  };
}

const noVolumes: Volumes = {
  claim: () => undefined,
  volume: () => undefined,
  storageClass: () => undefined,
  free: () => [],
  podsWith: () => [],
};
