/**
 * One node's agent: kubelet, pod network, routes, proxy and policy, which know nothing of each other, wired together.
 * It may end at any time: pods, their addresses and the kernel's rules stay as they are.
 */
import {
  endpointSlices,
  namespaces,
  networkPolicies,
  nodes,
  pods,
  serviceCIDRs as serviceCIDRResource,
  services,
} from '../api/resource.ts';
import { eventRecorder } from '../client/events.ts';
import { type HttpClient, httpClient } from '../client/http.ts';
import { networkClient, nodeClient, nodeServing, ownIdentity } from '../client/identity.ts';
import { informer } from '../client/informer.ts';
import { imageStore } from '../kubelet/images/store.ts';
import { assignedPods, longestLeaveMs, startKubelet } from '../kubelet/index.ts';
import { conmonRuntime } from '../kubelet/runtime/index.ts';
import { systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { startLoadBalancer } from '../loadbalancer/sync.ts';
import { podNetwork } from '../network/links.ts';
import { prepareNode, routeServices } from '../network/node.ts';
import { nodeEndOf, nodeEndPrefix } from '../network/podLink.ts';
import { syncRoutes } from '../network/routeSync.ts';
import { kernelNft } from '../nft/kernel.ts';
import { startPolicy } from '../policy/sync.ts';
import { defaultAddresses, serveProxy } from '../proxy/serve.ts';
import { followServiceRanges } from '../proxy/serviceRanges.ts';
import type { AgentConfig } from './config.ts';
import { departures } from './departures.ts';
import { serveKubelet } from './kubeletServer.ts';
import { untilOthersHave } from './otherProxies.ts';
import { readiness } from './readiness.ts';

const log = logger('agent');
const clock = systemClock;

/** What survives a restart of the node, and what only one of the agent. */
const stateDirectory = '/var/lib/switchboard';
const runDirectory = '/run/switchboard';
/** A node's own cgroup is all that it sees. */
const cgroupParent = '/pods';
/** Registries are reached through the host's network, and names by its resolver. */
const throughHost = [
  ...['nsenter', '--net=/run/host/net', 'unshare', '--mount', 'sh', '-c'],
  'mount --bind /run/host/resolv.conf /etc/resolv.conf; exec "$0" "$@"',
];

/** Runs until the signal. */
export async function runAgent(config: AgentConfig, signal: AbortSignal): Promise<void> {
  const { nodeName, nodeIPs, serviceCIDRs, podCIDRs: clusterCIDRs, server, ca } = config;
  prepareNode({ nodeIPs, serviceCIDRs: [...serviceCIDRs, ...config.lanRoutes] });

  const identities = { directory: `${stateDirectory}/pki`, ca, client: () => own, clock, signal };
  const asNode = ownIdentity({
    ...identities,
    name: 'node',
    pair: config.node,
    wanted: nodeClient(nodeName),
  });
  const own: HttpClient = httpClient({ server, ca, identity: asNode, userAgent: 'kubelet' });
  const asReader = ownIdentity({
    ...identities,
    name: 'network',
    pair: config.network,
    wanted: networkClient,
    client: () => network,
  });
  const network: HttpClient = httpClient({ server, ca, identity: asReader });
  const knownNodes = informer(network, nodes, { signal });
  const knownServices = informer(network, services, {
    signal,
    indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
  });
  const knownSlices = informer(network, endpointSlices, { signal });

  const knownPods = assignedPods(own, nodeName, { signal, clock });

  const podCIDRs = () => knownNodes.get(nodeName)?.spec?.podCIDRs;
  const routes = syncRoutes({ nodes: knownNodes, nodeName });
  const nft = kernelNft();
  const proxy = serveProxy({
    hasPools: true,
    ...defaultAddresses,
    events: eventRecorder(own, 'kube-proxy', nodeName, clock),
    services: knownServices,
    slices: knownSlices,
    nodes: knownNodes,
    pods: knownPods,
    nft,
    nodeName,
    clusterCIDRs,
    serviceCIDRs,
    signal,
  });
  const events = eventRecorder(network, 'switchboard-loadbalancer', nodeName);
  const loadBalancer = startLoadBalancer({
    services: knownServices,
    slices: knownSlices,
    nodes: knownNodes,
    nodeName,
    nodeIPs,
    rules: () => proxy.synced.then(() => proxy.settled()),
    onTaken: (service, address) =>
      events.event(
        services,
        service,
        'Normal',
        'NodeAssigned',
        `${address} is announced from node ${nodeName}`,
      ),
  });
  followServiceRanges(informer(network, serviceCIDRResource, { signal }), serviceCIDRs, (now, gone) => {
    // Rules first: what has a route and no rule would be sent to the LAN.
    proxy.setServiceCIDRs(now);
    routeServices({ nodeIPs, serviceCIDRs: now }, gone);
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
  const notReady = readiness({ podCIDRs, routes: routes.synced, proxy: proxy.synced });

  const kubelet = startKubelet({
    client: own,
    nodeName,
    nodeIPs,
    nodeLabels: config.controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {},
    notReady,
    network: podNetwork({ podCIDRs, nodeIPs: () => nodeIPs, stateDir: `${stateDirectory}/network` }),
    images: imageStore({ dir: config.imagesDir, enter: throughHost, hermetic: config.hermetic }),
    runtime: conmonRuntime({ stateDirectory, runDirectory, cgroupParent, clock, signal }),
    beforeStart: (pod) => policy.beforeStart(pod),
    beforeStop: departures(knownSlices, async (version) => {
      const others = { nodes: knownNodes, nodeName, clock };
      await proxy.settled();
      await untilOthersHave(version, others, AbortSignal.any([signal, AbortSignal.timeout(longestLeaveMs)]));
    }),
    services: knownServices,
    pods: knownPods,
    clusterDNS: [config.clusterDNS],
    clusterDomain: config.clusterDomain,
    paths: { state: stateDirectory, logs: '/var/log/pods' },
    clock,
    signal,
  });
  const serving = ownIdentity({
    ...identities,
    name: 'serving',
    pair: config.serving,
    wanted: nodeServing(nodeName, nodeIPs),
    use: (identity) => kubeletServer.setIdentity(identity),
  });
  const kubeletServer = await serveKubelet(config, serving(), kubelet, own, clock, signal);
  log.info({ nodeName }, 'the agent runs');

  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await kubeletServer.closed;
  policy.stop();
  loadBalancer.stop();
  proxy.stop();
  routes.stop();
  await nft.close();
  own.close();
  network.close();
}
