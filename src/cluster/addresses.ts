/** Which addresses belong to a cluster of a machine. docs/addresses.md has the same as a table. */
import { type Family, familyOf, formatAddress, nthAddress, parseCidr } from '../lib/ip.ts';
import { poolsOf } from './network/loadBalancerPools.ts';
import { type ClusterNetwork, familyOrder } from './network/network.ts';

/** Sixteen LANs of a /20 each fit into 172.30.0.0/16. */
export const mostClusters = 16;

/** What a cluster's addresses follow from. */
export interface Place {
  /** k: the cluster's index on the machine. */
  index: number;
  network: ClusterNetwork;
  /** As they were asked for. */
  loadBalancerPools?: readonly string[];
}

/** Where there is one for each family, the primary family's comes first. */
export interface ClusterAddresses {
  /** Where the host meets the cluster: the API, node ports. IPv4 whatever the cluster speaks. */
  hostAddress: string;
  lanCIDRs: string[];
  /** The LAN's own end of its bridge: what `switchboard lan` speaks from. */
  lanAddresses: string[];
  /** The host's end when it joins the LAN. */
  hostOnLan: string[];
  podCIDRs: string[];
  serviceCIDRs: string[];
  kubernetesService: string;
  clusterDNS: string;
  nodePorts: { first: number; last: number };
  /** What Services of type LoadBalancer get addresses from: `172.30.15.0/24`, `172.30.15.10-172.30.15.19`. */
  loadBalancerPools: string[];
}

export const apiPort = 6443;
export const clusterDomain = 'cluster.local';

export function addressesOf(place: Place): ClusterAddresses {
  const { podCIDRs, serviceCIDRs, nodePorts } = place.network;
  const service = (n: number) => formatAddress(nthAddress(parseCidr(serviceCIDRs[0] ?? ''), n));
  const lanCIDRs = onLan(place, 0).map((address) => withLanPrefix(address));
  return {
    hostAddress: hostAddressOf(place.index),
    lanCIDRs,
    lanAddresses: onLan(place, 1),
    hostOnLan: onLan(place, 14 * 256 + 254),
    podCIDRs,
    serviceCIDRs,
    kubernetesService: service(1),
    clusterDNS: service(10),
    nodePorts,
    loadBalancerPools: poolsOf(lanCIDRs, place.loadBalancerPools ?? []),
  };
}

export const hostAddressOf = (k: number): string => (k === 0 ? '127.0.0.1' : `127.30.${k}.1`);

/** The n-th node (from 1) has .2 and so on, in each family. */
export function nodeAddresses(place: Place, n: number): [string, ...string[]] {
  if (n < 1 || n > 250) throw new Error(`Cannot give node ${n} an address: a cluster has 1 to 250 nodes`);
  return onLan(place, n + 1);
}

const lanOf = (k: number) => ({ 4: `172.30.${16 * k}.0/20`, 6: `fd30:0:0:${k.toString(16)}::/64` });

/** The n-th address of the LAN, in each of the cluster's families. */
function onLan({ index, network }: Place, n: number): [string, ...string[]] {
  const inFamily = (family: Family) => formatAddress(nthAddress(parseCidr(lanOf(index)[family]), n));
  const [primary = 4, ...others] = familyOrder(network);
  return [inFamily(primary), ...others.map(inFamily)];
}

/** An address of a LAN as a link is given it: `172.30.0.2/20`. */
export const withLanPrefix = (address: string): string => `${address}/${familyOf(address) === 4 ? 20 : 64}`;
