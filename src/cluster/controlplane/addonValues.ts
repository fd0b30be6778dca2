/** What is filled into the manifests that a cluster begins with. Pure. */
import type { ControlPlaneConfig } from '../config.ts';

type Config = Pick<ControlPlaneConfig, 'clusterDNS' | 'clusterDomain' | 'dnsNodes' | 'nodePorts'>;

export function addonValues({ clusterDNS, clusterDomain, dnsNodes, nodePorts }: Config) {
  /** 0 lets the API choose. */
  const ifInRange = (port: number) => (nodePorts.first <= port && port <= nodePorts.last ? port : 0);
  return {
    clusterDNS,
    clusterDomain,
    dnsNodes: String(dnsNodes),
    httpNodePort: String(ifInRange(32080)),
    httpsNodePort: String(ifInRange(32443)),
  };
}
