/** A pod as a running one stands in the store: some 2 KB of JSON. */
import type { Pod } from '../../src/api/types.ts';

/** For pods that are made, so that they are not among those that are listed. */
export const otherNamespace = 'made';

export const specOfBench = {
  containers: [
    {
      name: 'main',
      image: 'busybox',
      command: ['sleep', '1000000'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [{ name: 'TIER', value: 'front' }],
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
    },
  ],
};

export function podOfBench(i: number): Pod {
  const time = '2026-01-01T00:00:00Z';
  const name = `web-7d4b9c6f5d-${String(i).padStart(5, '0')}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      creationTimestamp: time,
      generation: 1,
      labels: { app: 'web', 'pod-template-hash': '7d4b9c6f5d', shard: String(i % 10) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web-7d4b9c6f5d',
          uid: '11111111-0000-4000-8000-000000000000',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...specOfBench,
      nodeName: `node-${i % 100}`,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      securityContext: {},
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {
      phase: 'Running',
      hostIP: '172.30.0.2',
      podIP: `10.244.${i >> 8}.${i & 255}`,
      podIPs: [{ ip: `10.244.${i >> 8}.${i & 255}` }],
      startTime: time,
      qosClass: 'Burstable',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: time,
      })),
      containerStatuses: [
        {
          name: 'main',
          image: 'busybox',
          imageID: 'sha256:0000000000000000000000000000000000000000000000000000000000000000',
          containerID: `crun://${String(i).padStart(64, '0')}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
        },
      ],
    },
  } as unknown as Pod;
}
