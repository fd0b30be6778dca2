/**
 * One node's agent: kubelet, pod network, routes, proxy and policy, which know nothing of each other, wired together.
 * It may end at any time: pods, their addresses and the kernel's rules stay as they are.
 */
import { imageStore } from '../kubelet/images/store.ts';
import { assignedPods, startKubelet } from '../kubelet/index.ts';
import { conmonRuntime } from '../kubelet/runtime/index.ts';
import { systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { podNetwork } from '../network/links.ts';
import { prepareNode } from '../network/node.ts';
import { agentClients } from './clients.ts';
import type { AgentConfig } from './config.ts';
import { serveKubelet } from './kubeletServer.ts';
import { startNodeNetwork } from './nodeNetwork.ts';

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
  const { nodeName, nodeIPs } = config;
  prepareNode({ nodeIPs, serviceCIDRs: [...config.serviceCIDRs, ...config.lanRoutes] });
  const clients = agentClients(config, `${stateDirectory}/pki`, clock, signal);
  const pods = assignedPods(clients.own, nodeName, { signal, clock });
  const { podCIDRs, stop, ...network } = startNodeNetwork({ config, clients, pods, clock, signal });
  const kubelet = startKubelet({
    ...network,
    client: clients.own,
    pods,
    nodeName,
    nodeIPs,
    nodeLabels: config.controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {},
    network: podNetwork({ podCIDRs, nodeIPs: () => nodeIPs, stateDir: `${stateDirectory}/network` }),
    images: imageStore({ dir: config.imagesDir, enter: throughHost, hermetic: config.hermetic }),
    runtime: conmonRuntime({ stateDirectory, runDirectory, cgroupParent, clock, signal }),
    clusterDNS: [config.clusterDNS],
    clusterDomain: config.clusterDomain,
    paths: { state: stateDirectory, logs: '/var/log/pods' },
    clock,
    signal,
  });
  const serving = clients.serving((identity) => kubeletServer.setIdentity(identity));
  const kubeletServer = await serveKubelet(config, serving(), kubelet, clients.own, clock, signal);
  log.info({ nodeName }, 'the agent runs');

  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await kubeletServer.closed;
  await stop();
  clients.own.close();
  clients.network.close();
}
