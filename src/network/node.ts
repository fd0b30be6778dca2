/** What a node's network namespace needs once, before the first pod: it is a router. Safe to do again. */
import { familyOf } from '../lib/ip.ts';
import { findLink } from '../lib/linux/netlink/links.ts';
import { deleteRoute, replaceRoute } from '../lib/linux/netlink/routes.ts';
import { netlink } from '../lib/linux/netlink/socket.ts';
import { writeSysctls, writeSysctlsIfPresent } from '../lib/linux/sysctl.ts';

export interface NodeNetwork {
  /** The node's own addresses on the LAN. */
  nodeIPs: readonly string[];
  serviceCIDRs: readonly string[];
  /** The link to the LAN. */
  link?: string;
}

/** Runs inside the node's network namespace; its link to the LAN is there and up. */
export function prepareNode(node: NodeNetwork): void {
  writeSysctls({
    'net.ipv4.ip_forward': '1',
    // Replies may come in another way than packets go out: pods, the LAN and Services cross here.
    'net.ipv4.conf.all.rp_filter': '0',
    'net.ipv4.conf.default.rp_filter': '0',
    // Node ports answer on 127.0.0.1 too; the proxy's rules keep such packets out that come from elsewhere.
    'net.ipv4.conf.all.route_localnet': '1',
    // An address is answered for on its own link only.
    'net.ipv4.conf.all.arp_ignore': '1',
    'net.ipv4.conf.all.arp_announce': '2',
    // What is refused is refused each time: by default a client hears of it once a second, and waits otherwise.
    'net.ipv4.icmp_ratelimit': '0',
  });
  writeSysctlsIfPresent({
    'net.ipv6.conf.all.forwarding': '1',
    'net.ipv6.conf.default.forwarding': '1',
    // Pod links need no link-local address.
    'net.ipv6.conf.default.addr_gen_mode': '1',
    'net.ipv6.conf.all.accept_ra': '0',
    'net.ipv6.icmp.ratelimit': '0',
    // Packets out of window are not dropped as invalid but left to the endpoint (kubernetes/kubernetes#74839).
    'net.netfilter.nf_conntrack_tcp_be_liberal': '1',
    ...bridgesDoNotFilter,
  });
  routeServices(node);
}

/** A bridge is a wire here: its frames do not pass the rules for packets. On by default in a new namespace. */
export const bridgesDoNotFilter = {
  'net.bridge.bridge-nf-call-iptables': '0',
  'net.bridge.bridge-nf-call-ip6tables': '0',
  'net.bridge.bridge-nf-call-arptables': '0',
};

/**
 * Before the proxy's rules see a packet of the node's own, the kernel has to find a route and a source address
 * for it. The rules send it to an endpoint or refuse it; nothing goes out by this route. `gone` are ranges
 * that were routed before.
 */
export function routeServices(
  { nodeIPs, serviceCIDRs, link: linkName = 'eth0' }: NodeNetwork,
  gone: readonly string[] = [],
): void {
  const socket = netlink();
  try {
    const link = findLink(socket, linkName)?.index;
    if (link === undefined) throw new Error(`Cannot prepare the node's network: it has no link ${linkName}`);
    for (const destination of serviceCIDRs) {
      const source = nodeIPs.find((ip) => familyOf(ip) === familyOf(destination));
      if (source) socket.send(replaceRoute({ destination, link, source }));
    }
    for (const destination of gone) deleteRoute(socket, destination);
  } finally {
    socket.close();
  }
}
