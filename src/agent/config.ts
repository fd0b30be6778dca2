import type { KeyPair } from '../lib/pki/certificate.ts';

/** What an agent is told about its node and its cluster. */
export interface AgentConfig {
  nodeName: string;
  /** On the LAN, the primary family's first. */
  nodeIPs: string[];
  /** Whether the control plane runs on this node too. */
  controlPlane: boolean;
  /** `https://172.30.0.2:6443` */
  server: string;
  ca: string;
  /** `system:node:NAME`: for what is the node's own. */
  node: KeyPair;
  /** Reads Services, slices, nodes, pods, namespaces and policies. */
  network: KeyPair;
  /** Of the kubelet's server. */
  serving: KeyPair;
  podCIDRs: string[];
  serviceCIDRs: string[];
  /** Ranges outside of the LAN's own that are on the LAN: pools of LoadBalancer addresses. */
  lanRoutes: string[];
  clusterDNS: string;
  clusterDomain: string;
  imagesDir: string;
  /** Images come only from registries on the host's loopback. */
  hermetic: boolean;
}
