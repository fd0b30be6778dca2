/**
 * The point-to-point link between a pod and its node: a /32 address in the pod, a gateway that exists on no
 * network (169.254.1.1, fe80::1), neighbours written down on both ends. Nothing is asked for by ARP,
 * nothing is flooded, and a packet that leaves by the link it came from (hairpin) is ordinary routing.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { addressBytes, familyOf, hostRange, parseAddress } from '../lib/ip.ts';
import { createNamespaces } from '../lib/linux/namespaces.ts';
import { addAddress } from '../lib/linux/netlink/addresses.ts';
import { addVeth, findLink, setLink } from '../lib/linux/netlink/links.ts';
import type { Request } from '../lib/linux/netlink/message.ts';
import { addNeighbour } from '../lib/linux/netlink/neighbours.ts';
import { replaceRoute } from '../lib/linux/netlink/routes.ts';
import { type Netlink, netlink } from '../lib/linux/netlink/socket.ts';
import { writeSysctls, writeSysctlsIfPresent } from '../lib/linux/sysctl.ts';

/** Every node end has the same: nobody but its pod sees it. */
const nodeMac = 'ee:ee:ee:ee:ee:ee';
const gateways = { 4: '169.254.1.1', 6: 'fe80::1' } as const;
const defaultRoutes = { 4: '0.0.0.0/0', 6: '::/0' } as const;
const hostPrefix = { 4: 32, 6: 128 } as const;
const loopback = 1;
const eth0 = 2;

/** What the names of all links to pods begin with, and of no others on a node. */
export const nodeEndPrefix = 'veth';

/** `veth1f2e3d4c5b6`: an interface name has at most 15 characters. */
export const nodeEndOf = (uid: string): string =>
  `${nodeEndPrefix}${createHash('sha1').update(uid).digest('hex').slice(0, 11)}`;

/** Locally administered, and different for each address. */
const podMacOf = (podIP: string): string =>
  `0a:58:${addressBytes(parseAddress(podIP))
    .subarray(-4)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:')}`;

export interface PodLink {
  uid: string;
  hostname: string;
  podIPs: readonly string[];
  /** Absent for the namespace that this process is in. */
  nodeNetns: string | undefined;
}

/** Makes the pod's namespaces (files in `dir`) and its link; `node` is a socket in the node's namespace. */
export function createPodLink(node: Netlink, dir: string, link: PodLink): void {
  const nodeEnd = nodeEndOf(link.uid);
  const podMac = podMacOf(link.podIPs[0] ?? '0.0.0.0');
  const nodeNetns = openSync(link.nodeNetns ?? '/proc/thread-self/ns/net', 'r');
  try {
    createNamespaces(dir, {
      kinds: ['net', 'uts', 'ipc'],
      hostname: link.hostname,
      prepare: () => preparePodEnd(link.podIPs, podMac, nodeEnd, nodeNetns),
    });
  } finally {
    closeSync(nodeNetns);
  }
  const index = findLink(node, nodeEnd)?.index;
  if (index === undefined) throw new Error(`Cannot find link ${nodeEnd} that was just created`);
  node.send(...nodeEndRequests(index, link.podIPs, podMac));
}

/** Runs inside the pod's new namespace. */
function preparePodEnd(podIPs: readonly string[], podMac: string, nodeEnd: string, nodeNetns: number): void {
  // What container runtimes set for pods: any user may listen on any port and may ping.
  writeSysctls({
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net.ipv4.ping_group_range': '0 2147483647',
  });
  // No link-local address: nothing is to be announced on a link with one neighbour.
  writeSysctlsIfPresent({
    'net.ipv6.conf.default.addr_gen_mode': '1',
    'net.ipv6.conf.default.accept_ra': '0',
  });
  const pod = netlink();
  try {
    pod.send(
      addVeth({ name: 'eth0', index: eth0, mac: podMac }, { name: nodeEnd, mac: nodeMac }, nodeNetns),
      setLink(loopback, { up: true }),
      setLink(eth0, { up: true }),
      ...podIPs.flatMap(podEndRequests),
    );
  } finally {
    pod.close();
  }
}

function podEndRequests(podIP: string): Request[] {
  const family = familyOf(podIP);
  const gateway = gateways[family];
  return [
    addAddress({ link: eth0, address: podIP, prefix: hostPrefix[family] }),
    addNeighbour({ link: eth0, address: gateway, mac: nodeMac }),
    ...(family === 4 ? [replaceRoute({ destination: hostRange(gateway), link: eth0 })] : []),
    replaceRoute({ destination: defaultRoutes[family], gateway, link: eth0 }),
  ];
}

function nodeEndRequests(link: number, podIPs: readonly string[], podMac: string): Request[] {
  return [
    setLink(link, { up: true }),
    ...podIPs.flatMap((podIP) => [
      replaceRoute({ destination: hostRange(podIP), link }),
      addNeighbour({ link, address: podIP, mac: podMac }),
    ]),
  ];
}
