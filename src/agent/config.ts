/** What an agent is told about its node and its cluster. */
export interface Identity {
  /** PEM. */
  cert: string;
  key: string;
}

export interface AgentConfig {
  nodeName: string;
  /** On the LAN, IPv4 first. */
  nodeIPs: string[];
  /** Whether the control plane runs on this node too. */
  controlPlane: boolean;
  /** `https://172.30.0.2:6443` */
  server: string;
  ca: string;
  /** `system:node:NAME`: for what is the node's own. */
  node: Identity;
  /** Reads Services, slices, nodes, pods, namespaces and policies. */
  network: Identity;
  /** Of the kubelet's server. */
  serving: Identity;
  podCIDRs: string[];
  serviceCIDRs: string[];
  clusterDNS: string;
  clusterDomain: string;
  imagesDir: string;
  /** Images come only from registries on the host's loopback. */
  hermetic: boolean;
}
