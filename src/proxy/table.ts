/**
 * The part of the proxy's table that does not depend on Services: a connection to a Service finds its entry in
 * a map, a chain for that number of endpoints draws a slot, and a second map has the endpoint in that slot.
 * So the kernel's work and ours stay the same however many Services there are.
 */
import { familyOf } from '../lib/ip.ts';
import { commandsFor, replaceTable } from '../nft/transaction.ts';

const tableName = 'inet switchboard-proxy';
export const commands = commandsFor(tableName);

/**
 * Bits of the packet mark, set by the proxy on the first packet of a connection and read again on the same node.
 * The low 16 are the slot.
 */
export const markBit = { masquerade: 0x10000, sticky: 0x20000 } as const;
export const mostEndpoints = 0x10000;

export interface Ranges {
  serviceCIDRs: readonly string[];
  /** Where pods have their addresses. */
  clusterCIDRs: readonly string[];
}

const families = [
  { n: 4, ip: 'ip', type: 'ipv4_addr' },
  { n: 6, ip: 'ip6', type: 'ipv6_addr' },
] as const;

const withPorts = 'meta l4proto { tcp, udp, sctp }';
const port = 'meta l4proto . th dport';
const portType = 'inet_proto . inet_service';

/** Replaces the whole table, in one transaction with what is appended. */
export function freshTable(ranges: Ranges): string[] {
  return [
    ...replaceTable(tableName),
    ...containers(),
    ...toEndpoints(),
    ...sources(ranges),
    ...refusals(ranges),
  ];
}

function containers(): string[] {
  const ofBoth = families.flatMap(({ n, type }) => [
    commands.addMap(`services${n}`, `type ${type} . ${portType} : verdict;`),
    commands.addMap(`endpoints${n}`, `type ${type} . ${portType} . mark : ${type} . inet_service;`),
    commands.addMap(`node-ports${n}`, `type ${portType} : verdict;`),
    commands.addMap(`node-port-endpoints${n}`, `type ${portType} . mark : ${type} . inet_service;`),
    // Endpoints on this node, each as its own client.
    commands.addSet(`hairpin${n}`, `type ${type} . ${type};`),
  ]);
  // Which slot a client was given, for Services with sessionAffinity: ClientIP.
  const affinity = `type ipv4_addr . ipv4_addr . ${portType} : mark; size 65536; flags dynamic,timeout;`;
  return [...ofBoth, commands.addMap('affinity4', affinity)];
}

function toEndpoints(): string[] {
  const rule = commands.addRule;
  return [
    commands.addChain('services'),
    commands.addChain('node-ports'),
    ...families.map(({ n, ip }) => rule('services', `${ip} daddr . ${port} vmap @services${n}`)),
    ...families.map(({ n, ip }) =>
      rule('services', `${withPorts} dnat ${ip} to ${ip} daddr . ${port} . meta mark map @endpoints${n}`),
    ),
    rule('services', 'fib daddr type local goto node-ports'),
    // What comes from ::1 cannot leave the loopback link; there is no route_localnet for IPv6.
    rule('node-ports', 'ip6 daddr ::1 return'),
    ...families.map(({ n }) => rule('node-ports', `meta nfproto ipv${n} ${port} vmap @node-ports${n}`)),
    ...families.map(({ n, ip }) =>
      rule('node-ports', `${withPorts} dnat ${ip} to ${port} . meta mark map @node-port-endpoints${n}`),
    ),
    commands.addChain('prerouting', 'type nat hook prerouting priority -100;'),
    rule('prerouting', 'goto services'),
    commands.addChain('output', 'type nat hook output priority -100;'),
    rule('output', 'goto services'),
  ];
}

/** The source address stays, except where the answer would not come back through this node. */
function sources({ serviceCIDRs, clusterCIDRs }: Ranges): string[] {
  const rule = (text: string) => commands.addRule('sources', text);
  const masquerade = markBit.masquerade;
  return [
    commands.addChain('sources'),
    // Node ports under externalTrafficPolicy: Cluster.
    rule(`meta mark & ${masquerade} != 0 masquerade`),
    // A pod that reaches itself.
    ...families.map(({ n, ip }) => rule(`${ip} saddr . ${ip} daddr @hairpin${n} masquerade`)),
    // A client that is no pod, by a Service's address: the endpoint's node may not know the way to it.
    ...families.flatMap(({ n, ip }) => {
      const [services, pods] = [ofFamily(serviceCIDRs, n), ofFamily(clusterCIDRs, n)];
      if (!services || !pods) return [];
      return [rule(`ct original ${ip} daddr ${services} ${ip} saddr != ${pods} masquerade`)];
    }),
    // The node itself, by 127.0.0.1.
    rule('ip saddr 127.0.0.0/8 masquerade'),
    commands.addChain('postrouting', 'type nat hook postrouting priority 100;'),
    commands.addRule('postrouting', 'ct status dnat goto sources'),
  ];
}

/**
 * A packet that is still for a Service's address after `services` found no endpoint is answered at once: no
 * ready endpoint, another port, an address that is nobody's. A node port without endpoint is not
 * changed and meets no listener, which answers the same.
 */
function refusals({ serviceCIDRs }: Ranges): string[] {
  const rule = commands.addRule;
  return [
    commands.addChain('refuse'),
    rule('refuse', 'meta l4proto tcp reject with tcp reset'),
    rule('refuse', 'reject'),
    commands.addChain('refuse-unserved'),
    ...families.flatMap(({ n, ip }) => {
      const services = ofFamily(serviceCIDRs, n);
      return services ? [rule('refuse-unserved', `${ip} daddr ${services} goto refuse`)] : [];
    }),
    ...['prerouting', 'output'].flatMap((hook) => [
      commands.addChain(`refuse-${hook}`, `type filter hook ${hook} priority 0;`),
      rule(`refuse-${hook}`, 'goto refuse-unserved'),
    ]),
    // With route_localnet the kernel no longer keeps 127.0.0.0/8 to the loopback link (CVE-2020-8558).
    commands.addChain('loopback', 'type filter hook prerouting priority -300;'),
    rule('loopback', 'iifname != "lo" ip daddr 127.0.0.0/8 drop'),
  ];
}

function ofFamily(ranges: readonly string[], family: 4 | 6): string | undefined {
  const found = ranges.filter((range) => familyOf(range) === family);
  return found.length > 0 ? `{ ${found.join(', ')} }` : undefined;
}
