/** The cluster that DNS is measured with: ten thousand Services, a hundred thousand endpoints, a twentieth headless. */
export const serviceCount = 10_000;
const endpointsEach = 10;
const namespaceCount = 20;
const headlessEach = 20;

const isHeadless = (i: number): boolean => i % headlessEach === 0;
const namespaceOf = (i: number): string => `ns-${i % namespaceCount}`;
const nameOf = (i: number): string => `service-${i}`;
const address = (first: number, i: number): string =>
  `${first}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
const meta = (name: string, i: number, labels = {}) => ({
  name,
  namespace: namespaceOf(i),
  uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: nameOf(i), ...labels },
});

const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }];

function serviceOf(i: number) {
  const clusterIP = isHeadless(i) ? 'None' : address(172, (16 << 16) + i + 1);
  const spec = { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ports };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(nameOf(i), i),
    spec: { ...spec, selector: { app: nameOf(i) } },
  };
}

const sliceOf = (i: number) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: meta(`${nameOf(i)}-abcde`, i, {
    'kubernetes.io/service-name': nameOf(i),
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  }),
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: Array.from({ length: endpointsEach }, (_, k) => ({
    addresses: [address(10, i * endpointsEach + k + 1)],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${k}`,
    targetRef: { kind: 'Pod', name: `${nameOf(i)}-${k}`, namespace: namespaceOf(i), uid: `${i}-${k}` },
  })),
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** By the end of their paths. */
export const objects: Readonly<Record<string, () => object[]>> = {
  namespaces: () =>
    numbers(namespaceCount).map((i) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespaceOf(i), resourceVersion: '1' },
    })),
  services: () => numbers(serviceCount).map(serviceOf),
  endpointslices: () => numbers(serviceCount).map(sliceOf),
};

/** Lines for dnsperf: of ten questions nine are for a cluster address, one is for a headless Service or its port. */
export function questions(count: number): string {
  const lines = numbers(count).map((k) => {
    // A prime, so that no two runs of neighbours are alike.
    const i = (k * 7_919) % serviceCount;
    const headless = i - (i % headlessEach);
    const other = isHeadless(i) ? i + 1 : i;
    if (k % 10 !== 0) return `${nameOf(other)}.${namespaceOf(other)}.svc.cluster.local A`;
    const name = `${nameOf(headless)}.${namespaceOf(headless)}.svc.cluster.local`;
    return k % 20 === 0 ? `${name} A` : `_http._tcp.${name} SRV`;
  });
  return `${lines.join('\n')}\n`;
}
