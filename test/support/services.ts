/** Services and EndpointSlices as the API would give them out. */
import type { EndpointSlice, Service } from '../../src/api/types.ts';

export interface TestService {
  name: string;
  clusterIPs?: string[];
  port?: number;
  nodePort?: number;
  protocol?: 'TCP' | 'UDP' | 'SCTP';
  spec?: Partial<NonNullable<Service['spec']>>;
  /** Given out by a load balancer; the Service is one then. */
  loadBalancerIPs?: readonly string[];
}

export function service({
  name,
  clusterIPs = [],
  port = 80,
  nodePort,
  protocol = 'TCP',
  spec,
  loadBalancerIPs = [],
}: TestService): Service {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      type: loadBalancerIPs.length > 0 ? 'LoadBalancer' : nodePort ? 'NodePort' : 'ClusterIP',
      ...(clusterIPs[0] && { clusterIP: clusterIPs[0], clusterIPs }),
      ports: [{ name: 'main', port, protocol, ...(nodePort && { nodePort }) }],
      ...spec,
    },
    ...(loadBalancerIPs.length > 0 && {
      status: { loadBalancer: { ingress: loadBalancerIPs.map((ip) => ({ ip, ipMode: 'VIP' })) } },
    }),
  };
}

export interface TestEndpoint {
  address: string;
  node?: string;
  /** Ready unless said otherwise. */
  is?: 'ready' | 'notReady' | 'stopping';
}

export function slice(
  of: string,
  endpoints: readonly TestEndpoint[],
  { port = 8080, protocol = 'TCP', name = of, family = 4 } = {},
): EndpointSlice {
  return {
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': of } },
    addressType: `IPv${family}`,
    ports: [{ name: 'main', port, protocol }],
    endpoints: endpoints.map(({ address, node, is = 'ready' }) => ({
      addresses: [address],
      ...(node && { nodeName: node }),
      conditions: { ready: is === 'ready', serving: is !== 'notReady', terminating: is === 'stopping' },
    })),
  };
}
