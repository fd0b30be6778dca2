/** The server of the default Corefile over a small cluster, without sockets. */
import { plugins } from '../plugins/index.ts';
import { generation } from '../server/generation.ts';
import { clusterOf } from './cluster.ts';
import { type FakeContext, fakeContext } from './context.ts';

const cluster = `
{ kind: Namespace, metadata: { name: default, namespace: } }
---
{ kind: Service, metadata: { name: web }, spec: { clusterIP: 10.96.0.17, clusterIPs: [10.96.0.17], ports: [{ name: http, port: 80 }] } }
---
{ kind: Service, metadata: { name: db }, spec: { clusterIP: None, clusterIPs: [None], ports: [{ name: http, port: 80 }] } }
---
{ kind: Service, metadata: { name: alias }, spec: { type: ExternalName, externalName: www.example.com } }
---
kind: EndpointSlice
metadata: { name: db-1, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: http, port: 80, protocol: TCP }]
endpoints: [{ addresses: [10.244.0.1], hostname: db-0 }, { addresses: [10.244.0.2] }, { addresses: [10.244.0.3] }]
`;

/** `upstream`: `127.0.0.1:5353`, or a file. */
export const corefileFor = (upstream: string): string => `
.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . ${upstream}
    cache 30 {
        disable success cluster.local
        disable denial cluster.local
    }
    loop
    reload
    loadbalance
}`;

/** Resolves when it has read the cluster. */
export async function defaultServer(upstream = '/dev/null', change: Partial<FakeContext> = {}) {
  const over = new AbortController();
  const client = clusterOf(cluster);
  const context = fakeContext({
    client: () => client,
    shared: (_name, make) => make(over.signal),
    random: Math.random,
    ...change,
  });
  const made = generation(corefileFor(upstream), {
    ...context,
    metrics: memo(context),
    env: {},
    setUps: plugins,
  });
  const ask = made.dns.get('dns:53');
  if (!ask) throw new Error('Cannot ask: there is no server');
  while (made.plugins.some((plugin) => plugin.notReady?.())) await new Promise(setImmediate);
  return {
    ask,
    context,
    stop() {
      for (const plugin of made.plugins) plugin.stop?.();
      over.abort();
    },
  };
}

function memo({ registry }: FakeContext): FakeContext['metrics'] {
  const made = new Map<string, unknown>();
  return <T>(plugin: string, make: (to: typeof registry) => T): T => {
    if (!made.has(plugin)) made.set(plugin, make(registry));
    return made.get(plugin) as T;
  };
}
