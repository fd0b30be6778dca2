/** NetworkPolicies, pods and namespaces as the API would give them out. */
import { networkPolicy } from '../../src/api/networking/networkpolicy/kind.ts';
import { fromYaml } from '../../src/api/testObjects.ts';
import type { Namespace, NetworkPolicy, Pod } from '../../src/api/types.ts';

/** `spec` as people write it. */
export const policy = (name: string, spec: string, namespace = 'default'): NetworkPolicy =>
  fromYaml(networkPolicy, `metadata: {name: ${name}, namespace: ${namespace}}\nspec:\n${spec}`);

export const namespace = (name: string, labels: Record<string, string> = {}): Namespace => ({
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

export interface PolicyPod {
  name: string;
  labels?: Record<string, string>;
  namespace?: string;
  node?: string;
  ips?: string[];
  ports?: Record<string, number>;
  hostNetwork?: boolean;
  phase?: string;
}

export function policyPod({
  name,
  labels = { app: name },
  namespace: home = 'default',
  node = 'node-1',
  ips = [],
  ports = {},
  hostNetwork = false,
  phase = 'Running',
}: PolicyPod): Pod {
  const named = Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort }));
  return {
    metadata: { name, namespace: home, uid: `uid-${name}`, labels },
    spec: {
      nodeName: node,
      containers: [{ name: 'main', image: 'busybox', ports: named }],
      ...(hostNetwork && { hostNetwork }),
    },
    status: { phase, podIPs: ips.map((ip) => ({ ip })) },
  };
}
