/** Which addresses belong to the k-th cluster of a machine. docs/addresses.md has the same as a table. */
import { canonical } from '../lib/ip.ts';

/** Sixteen LANs of a /20 each fit into 172.30.0.0/16. */
export const mostClusters = 16;

export interface ClusterAddresses {
  /** Where the host meets the cluster: the API, node ports. */
  hostAddress: string;
  lan: { cidr: string; prefix: number; cidr6: string };
  /** The LAN's own end of its bridge: what `switchboard lan` speaks from. */
  lanAddress: string;
  lanAddress6: string;
  /** The host's end when it joins the LAN. */
  hostOnLan: string;
  podCIDRs: string[];
  serviceCIDRs: string[];
  kubernetesService: string;
  clusterDNS: string;
  nodePorts: { first: number; last: number };
}

export const apiPort = 6443;
export const clusterDomain = 'cluster.local';

export function addressesOf(k: number): ClusterAddresses {
  const lan = (third: number, host: number) => `172.30.${16 * k + third}.${host}`;
  return {
    hostAddress: k === 0 ? '127.0.0.1' : `127.30.${k}.1`,
    lan: { cidr: `${lan(0, 0)}/20`, prefix: 20, cidr6: `fd30:0:0:${k.toString(16)}::/64` },
    lanAddress: lan(0, 1),
    lanAddress6: canonical(`fd30:0:0:${k.toString(16)}::1`),
    hostOnLan: lan(14, 254),
    podCIDRs: ['10.244.0.0/16', 'fd44::/56'],
    serviceCIDRs: ['10.96.0.0/12', 'fd96::/112'],
    kubernetesService: '10.96.0.1',
    clusterDNS: '10.96.0.10',
    nodePorts: { first: 30000, last: 32767 },
  };
}

/** The n-th node (from 1) has .2 and so on, over both families. */
export function nodeAddresses(k: number, n: number): [string, string] {
  if (n < 1 || n > 250) throw new Error(`Cannot give node ${n} an address: a cluster has 1 to 250 nodes`);
  return [`172.30.${16 * k}.${n + 1}`, canonical(`fd30:0:0:${k.toString(16)}::${(n + 1).toString(16)}`)];
}
