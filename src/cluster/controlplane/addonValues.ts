/** What is filled into the manifests that a cluster begins with. Pure. */
import type { ControlPlaneConfig } from '../config.ts';

type Config = Pick<ControlPlaneConfig, 'clusterDNS' | 'clusterDomain' | 'dnsReplicas' | 'nodePorts'>;

export function addonValues({ clusterDNS, clusterDomain, dnsReplicas, nodePorts }: Config) {
  /** 0 lets the API choose. */
  const ifInRange = (port: number) => (nodePorts.first <= port && port <= nodePorts.last ? port : 0);
  return {
    clusterDNS,
    clusterDomain,
    replicas: String(dnsReplicas),
    httpNodePort: String(ifInRange(32080)),
    httpsNodePort: String(ifInRange(32443)),
  };
}
