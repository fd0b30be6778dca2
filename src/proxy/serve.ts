/** The proxy with all that is asked of it: its health, health checks of Services, metrics. */
import { services as serviceResource } from '../api/resource.ts';
import type { Node } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import type { EventRecorder } from '../client/events.ts';
import type { ClientMetrics } from '../client/metrics.ts';
import { systemClock } from '../lib/clock.ts';
import { familyOf } from '../lib/ip.ts';
import { logger } from '../lib/log.ts';
import { type BindAddress, keepListening, listen, type Question, type Reply } from './health/http.ts';
import { checkOf, policiesWithoutLocal } from './health/local.ts';
import { isEligible, ProxyHealth } from './health/proxyHealth.ts';
import { answerHealth, answerMetrics, plain } from './health/servers.ts';
import { ServiceChecks } from './health/serviceChecks.ts';
import { SliceVersions } from './health/sliceVersions.ts';
import { tellOfHostPorts } from './hostPortEvents.ts';
import { ProxyMetrics, type TrafficPolicy } from './metrics.ts';
import { type Proxy, type ProxyOptions, startProxy } from './sync.ts';

const log = logger('proxy');

/** Where kube-proxy has them. */
export const defaultAddresses = {
  healthz: { port: 10256 },
  metrics: { host: '127.0.0.1', port: 10249 },
} satisfies Record<string, BindAddress>;

export interface ServeOptions extends Omit<ProxyOptions, 'metrics' | 'health' | 'versions' | 'onWritten'> {
  nodes: Informer<Node>;
  /** Nowhere when absent. */
  healthz?: BindAddress | undefined;
  metrics?: BindAddress | undefined;
  events?: EventRecorder;
  /** Of the client that asks the API, told with the proxy's own. */
  clientMetrics?: ClientMetrics;
  signal: AbortSignal;
}

/** Everything that listens ends with the signal, and so does the proxy. */
export function serveProxy({
  healthz,
  metrics: metricsAddress,
  events,
  clientMetrics,
  signal,
  ...options
}: ServeOptions): Proxy {
  const { nodes, services, pods, nodeName, serviceCIDRs, clock = systemClock } = options;
  const families = ([4, 6] as const).filter((n) => serviceCIDRs.some((range) => familyOf(range) === n));
  const metrics = new ProxyMetrics(families, clock);
  const health = new ProxyHealth(clock);
  const versions = new SliceVersions();

  const checks = new ServiceChecks({
    isProxyHealthy: () => health.health().isHealthy,
    onTaken(key, port, err) {
      const service = services.get(key);
      const message = `node ${nodeName} failed to start healthcheck "${key}" on port ${port}: ${err.message}`;
      log.error({ service: key }, message);
      if (service)
        events?.event(serviceResource, service, 'Warning', 'FailedToStartServiceHealthcheck', message);
    },
    clock,
    signal,
  });
  if (pods && events) tellOfHostPorts({ pods, services, nodeName, events });
  const withoutLocal = { internal: new Set<string>(), external: new Set<string>() };
  const note = (policy: TrafficPolicy, key: string, isWithout: boolean) => {
    const found = withoutLocal[policy];
    if (isWithout === found.has(key)) return;
    if (isWithout) found.add(key);
    else found.delete(key);
    metrics.withoutLocalEndpoints(policy, found.size);
  };

  const proxy = startProxy({
    ...options,
    metrics,
    health,
    versions,
    onWritten(key, service, slices) {
      checks.update(key, checkOf(service, slices, nodeName));
      const policies = policiesWithoutLocal(service, slices, nodeName);
      for (const policy of ['internal', 'external'] as const) note(policy, key, policies.includes(policy));
    },
  });
  signal.addEventListener('abort', () => proxy.stop(), { once: true });

  const serve = (what: string, at: BindAddress | undefined, answer: (question: Question) => Reply) => {
    const onFailure = (err: Error) => log.error({ err: err.message }, `${what} cannot be served yet`);
    if (at) void keepListening(() => listen(at, answer), { clock, signal, onFailure });
  };
  // Until the node is known nothing speaks against it.
  const isNodeEligible = () => !nodes.hasSynced || isEligible(nodes.get(nodeName));
  const parts = { health, metrics, families, isNodeEligible };
  serve('health', healthz, (question) =>
    question.path === '/endpointslices' ? plain(`${versions.newest}\n`) : answerHealth(parts, question),
  );
  serve('metrics', metricsAddress, (question) => answerMetrics(metrics, question, clientMetrics));
  return proxy;
}
