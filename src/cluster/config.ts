/** What the processes of a cluster are told when they start: pure, from the cluster's record. */
import type { AgentConfig } from '../agent/config.ts';
import { addressesOf, apiPort, clusterDomain } from './addresses.ts';
import type { ClusterCertificates } from './certificates.ts';
import { imagesDir } from './paths.ts';
import type { ClusterRecord, NodeRecord } from './record.ts';
import type { RelayConfig } from './relay/relay.ts';

export interface ControlPlaneConfig {
  nodeName: string;
  addresses: string[];
  port: number;
  dataDir: string;
  ca: string;
  serving: { cert: string; key: string };
  kubeletClient: { cert: string; key: string };
  serviceAccountKey: string;
  podCIDRs: string[];
  serviceCIDRs: string[];
  nodePorts: { first: number; last: number };
  kubernetesService: string;
  clusterDNS: string;
  clusterDomain: string;
  /** Name servers: two where there are two nodes to put them on. */
  dnsReplicas: number;
}

const pair = (k: { certificate: string; privateKey: string }) => ({ cert: k.certificate, key: k.privateKey });

export function controlPlaneConfig(
  cluster: ClusterRecord,
  node: NodeRecord,
  certs: ClusterCertificates,
): ControlPlaneConfig {
  const { podCIDRs, serviceCIDRs, nodePorts, kubernetesService, clusterDNS } = addressesOf(cluster.index);
  return {
    nodeName: node.name,
    addresses: node.addresses,
    port: apiPort,
    dataDir: '/var/lib/switchboard/controlplane',
    ca: certs.authority.certificate,
    serving: pair(certs.apiserver),
    kubeletClient: pair(certs.kubeletClient),
    serviceAccountKey: certs.serviceAccountKey,
    podCIDRs,
    serviceCIDRs,
    nodePorts,
    kubernetesService,
    clusterDNS,
    clusterDomain,
    dnsReplicas: Math.min(cluster.nodes.length, 2),
  };
}

export function agentConfig(
  cluster: ClusterRecord,
  node: NodeRecord,
  certs: ClusterCertificates,
): AgentConfig {
  const identity = certs.nodes[node.name];
  const controlPlane = cluster.nodes.find((n) => n.controlPlane);
  if (!identity || !controlPlane)
    throw new Error(`Cannot configure node ${node.name}: the cluster's record is not whole`);
  const { podCIDRs, serviceCIDRs, clusterDNS } = addressesOf(cluster.index);
  return {
    nodeName: node.name,
    nodeIPs: node.addresses,
    controlPlane: node.controlPlane,
    server: `https://${controlPlane.addresses[0]}:${apiPort}`,
    ca: certs.authority.certificate,
    node: pair(identity.node),
    network: pair(certs.network),
    serving: pair(identity.serving),
    podCIDRs,
    serviceCIDRs,
    clusterDNS,
    clusterDomain,
    imagesDir,
    hermetic: cluster.hermetic,
  };
}

export function relayConfig(
  cluster: ClusterRecord,
  lanNetns: string,
  certs: ClusterCertificates,
): RelayConfig {
  const controlPlane = cluster.nodes.filter((n) => n.controlPlane).map((n) => n.addresses[0]);
  const { cert, key } = pair(certs.network);
  return {
    hostAddress: addressesOf(cluster.index).hostAddress,
    lanNetns,
    controlPlane,
    nodes: cluster.nodes.map((n) => n.addresses[0]),
    ca: certs.authority.certificate,
    cert,
    key,
  };
}
