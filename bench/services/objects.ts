/** The clusters that Services are measured with: any number of Services, ten endpoints each, no two endpoints alike. */
import type { EndpointSlice, Service } from '../../src/api/types.ts';

export const endpointsEach = 10;
/** All addresses of endpoints, those too that come later. */
export const endpointRange = '10.128.0.0/11';
export const ports = { service: 80, endpoint: 8080 } as const;

export const namespaceCount = 20;
const firstService = 0x0a_60_01_00; // 10.96.1.0
const firstEndpoint = 0x0a_80_00_01; // 10.128.0.1
const firstReplacement = 0x0a_90_00_01; // 10.144.0.1

const dotted = (address: number): string => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.');

export const clusterIP = (i: number): string => dotted(firstService + i);
export const endpointOf = (i: number, k: number): string => dotted(firstEndpoint + i * endpointsEach + k);
/** An address that no endpoint had before. */
export const replacement = (n: number): string => dotted(firstReplacement + n);

const meta = (name: string, i: number, labels: Record<string, string>) => ({
  name,
  namespace: `ns-${i % namespaceCount}`,
  uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: `service-${i}`, ...labels },
});

export const serviceOf = (i: number): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(`service-${i}`, i, {}),
    spec: {
      type: 'ClusterIP',
      clusterIP: clusterIP(i),
      clusterIPs: [clusterIP(i)],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      selector: { app: `service-${i}` },
      ports: [{ name: 'http', port: ports.service, targetPort: ports.endpoint, protocol: 'TCP' }],
    },
    status: { loadBalancer: {} },
  }) as Service;

/** As the endpointslice controller writes it; `replaced` has the endpoints that are others by now. */
export const sliceOf = (i: number, replaced: ReadonlyMap<number, string> = new Map()): EndpointSlice =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta(`service-${i}-abcde`, i, {
      'kubernetes.io/service-name': `service-${i}`,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    }),
    addressType: 'IPv4',
    ports: [{ name: 'http', port: ports.endpoint, protocol: 'TCP' }],
    endpoints: Array.from({ length: endpointsEach }, (_, k) => ({
      addresses: [replaced.get(k) ?? endpointOf(i, k)],
      conditions: { ready: true, serving: true, terminating: false },
      // A tenth of all is on the node that is measured.
      nodeName: `node-${k + 1}`,
      targetRef: { kind: 'Pod', name: `service-${i}-${k}`, namespace: `ns-${i % namespaceCount}` },
    })),
  }) as EndpointSlice;
