/** The network of a node: routes to other nodes, Services, load balancers' addresses and policies, each from what the API tells. */
import {
  endpointSlices,
  namespaces,
  networkPolicies,
  nodes,
  pods,
  serviceCIDRs as serviceCIDRResource,
  services,
} from '../api/resource.ts';
import type { Pod, Service } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import { eventRecorder } from '../client/events.ts';
import { informer } from '../client/informer.ts';
import { longestLeaveMs } from '../kubelet/index.ts';
import type { Clock } from '../lib/clock.ts';
import { startLoadBalancer } from '../loadbalancer/sync.ts';
import { routeExternalIPs } from '../network/externalIPs.ts';
import { routeServices } from '../network/node.ts';
import { masqueradeOutside } from '../network/outside.ts';
import { nodeEndOf, nodeEndPrefix } from '../network/podLink.ts';
import { syncRoutes } from '../network/routeSync.ts';
import { kernelNft } from '../nft/kernel.ts';
import { startPolicy } from '../policy/sync.ts';
import { defaultAddresses, serveProxy } from '../proxy/serve.ts';
import { followServiceRanges } from '../proxy/serviceRanges.ts';
import type { AgentClients } from './clients.ts';
import type { AgentConfig } from './config.ts';
import { departures } from './departures.ts';
import { untilOthersHave } from './otherProxies.ts';
import { readiness } from './readiness.ts';

export interface NodeNetwork {
  services: Informer<Service>;
  podCIDRs: () => readonly string[] | undefined;
  /** Why pods cannot run here yet; nothing when they can. */
  notReady: () => string | undefined;
  /** Resolves when the pod may have processes: its policies are in the kernel. */
  beforeStart: (pod: Pod) => Promise<void>;
  /** Resolves when no proxy of the cluster sends anybody to the pod any more. */
  beforeStop: (pod: Pod) => Promise<void>;
  /** The kernel keeps what it has. */
  stop: () => Promise<void>;
}

export interface NodeNetworkOptions {
  config: AgentConfig;
  clients: AgentClients;
  /** Of this node. */
  pods: Informer<Pod>;
  clock: Clock;
  signal: AbortSignal;
}

export function startNodeNetwork(options: NodeNetworkOptions): NodeNetwork {
  const { config, clients, clock, signal } = options;
  const { nodeName, nodeIPs, serviceCIDRs } = config;
  const { own, network } = clients;
  const known = {
    nodes: informer(network, nodes, { signal }),
    services: informer(network, services, {
      signal,
      indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
    }),
    slices: informer(network, endpointSlices, { signal }),
  };
  const podCIDRs = () => known.nodes.get(nodeName)?.spec?.podCIDRs;
  const routes = syncRoutes({ nodes: known.nodes, nodeName });
  const externalRoutes = routeExternalIPs({
    services: known.services,
    nodeIPs,
    routed: [...config.podCIDRs, ...serviceCIDRs, ...config.lanRoutes],
  });
  const nft = kernelNft();
  const outside = masqueradeOutside({ nodes: known.nodes, podCIDRs: config.podCIDRs, nft });
  const proxy = serveProxy({
    ...known,
    ...defaultAddresses,
    pods: options.pods,
    hasPools: true,
    events: eventRecorder(own, 'kube-proxy', nodeName, clock),
    clientMetrics: clients.networkMetrics,
    nft,
    nodeName,
    clusterCIDRs: config.podCIDRs,
    serviceCIDRs,
    signal,
  });
  followServiceRanges(informer(network, serviceCIDRResource, { signal }), serviceCIDRs, (now, gone) => {
    // Rules first: what has a route and no rule would be sent to the LAN.
    proxy.setServiceCIDRs(now);
    routeServices({ nodeIPs, serviceCIDRs: now }, gone);
  });
  const events = eventRecorder(network, 'switchboard-loadbalancer', nodeName);
  const loadBalancer = startLoadBalancer({
    ...known,
    nodeName,
    nodeIPs,
    rules: () => proxy.synced.then(() => proxy.settled()),
    onTaken(service, address) {
      const message = `${address} is announced from node ${nodeName}`;
      events.event(services, service, 'Normal', 'NodeAssigned', message);
    },
  });
  const policy = startPolicy({
    policies: informer(network, networkPolicies, { signal }),
    watch: (until) => ({
      pods: informer(network, pods, { signal: AbortSignal.any([signal, until]) }),
      namespaces: informer(network, namespaces, { signal: AbortSignal.any([signal, until]) }),
    }),
    nft,
    nodeName,
    links: { prefix: nodeEndPrefix, of: nodeEndOf },
  });
  return {
    services: known.services,
    podCIDRs,
    notReady: readiness({ podCIDRs, routes: routes.synced, proxy: proxy.synced }),
    beforeStart: (pod) => policy.beforeStart(pod),
    beforeStop: departures(known.slices, async (version) => {
      await proxy.settled();
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(longestLeaveMs)]);
      await untilOthersHave(version, { nodes: known.nodes, nodeName, clock }, inTime);
    }),
    async stop() {
      policy.stop();
      loadBalancer.stop();
      proxy.stop();
      outside.stop();
      externalRoutes.stop();
      routes.stop();
      await nft.close();
    },
  };
}
