/** What the processes of a cluster are told when they start: pure, from the cluster's record. */
import type { AgentConfig } from '../agent/config.ts';
import type { AuditPolicy } from '../apiserver/audit/policy.ts';
import { bracketed } from '../lib/ip.ts';
import type { KeyPair } from '../lib/pki/certificate.ts';
import type { SealKey } from '../store/index.ts';
import { addressesOf, apiPort, clusterDomain, hostAddressOf } from './addresses.ts';
import { type ClusterCertificates, serverNames } from './certificates.ts';
import { beyondLan } from './network/loadBalancerPools.ts';
import { imagesDir } from './paths.ts';
import type { ClusterRecord, NodeRecord } from './record.ts';
import type { RelayConfig } from './relay/relay.ts';

export interface ControlPlaneConfig {
  nodeName: string;
  addresses: string[];
  port: number;
  dataDir: string;
  /** Signs certificate requests, and the control plane's own certificates when they get old. */
  authority: KeyPair;
  /** The API server's own, and by which names it is dialled. */
  serving: KeyPair;
  serverNames: { commonName: string; dnsNames: string[]; ipAddresses: string[] };
  kubeletClient: KeyPair;
  serviceAccountKey: string;
  /** With which Secrets are encrypted on the disk; the first one writes. */
  storeKeys: [SealKey, ...SealKey[]];
  /** What is written down of which request; nothing when absent. */
  auditPolicy?: AuditPolicy;
  podCIDRs: string[];
  serviceCIDRs: string[];
  nodePorts: { first: number; last: number };
  loadBalancerPools: string[];
  kubernetesService: string;
  clusterDNS: string;
  clusterDomain: string;
  /** On so many nodes are the two pods of DNS. */
  dnsNodes: number;
}

export function controlPlaneConfig(
  cluster: ClusterRecord,
  node: NodeRecord,
  certs: ClusterCertificates,
): ControlPlaneConfig {
  const { podCIDRs, serviceCIDRs, nodePorts, loadBalancerPools, kubernetesService, clusterDNS } =
    addressesOf(cluster);
  return {
    nodeName: node.name,
    addresses: node.addresses,
    port: apiPort,
    dataDir: '/var/lib/switchboard/controlplane',
    authority: certs.authority,
    serving: certs.apiserver,
    serverNames: serverNames(addressesOf(cluster), cluster.nodes),
    kubeletClient: certs.kubeletClient,
    serviceAccountKey: certs.serviceAccountKey,
    storeKeys: certs.storeKeys,
    ...(cluster.auditPolicy && { auditPolicy: cluster.auditPolicy }),
    podCIDRs,
    serviceCIDRs,
    nodePorts,
    loadBalancerPools,
    kubernetesService,
    clusterDNS,
    clusterDomain,
    dnsNodes: Math.min(cluster.nodes.length, 2),
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
  const { podCIDRs, serviceCIDRs, clusterDNS, lanCIDRs, loadBalancerPools } = addressesOf(cluster);
  return {
    nodeName: node.name,
    nodeIPs: node.addresses,
    controlPlane: node.controlPlane,
    server: `https://${bracketed(controlPlane.addresses[0])}:${apiPort}`,
    ca: certs.authority.certificate,
    node: identity.node,
    network: certs.network,
    serving: identity.serving,
    podCIDRs,
    serviceCIDRs,
    lanRoutes: beyondLan(loadBalancerPools, lanCIDRs),
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
  return {
    hostAddress: hostAddressOf(cluster.index),
    lanNetns,
    controlPlane,
    nodes: cluster.nodes.flatMap((n) => n.addresses),
    ca: certs.authority.certificate,
    network: certs.network,
  };
}
