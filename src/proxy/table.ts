/**
 * The part of the proxy's table that does not depend on Services: a connection to a Service finds its entry in
 * a map, a chain for that number of endpoints draws a slot, and a second map has the endpoint in that slot.
 * So the kernel's work and ours stay the same however many Services there are.
 */
import { familyOf } from '../lib/ip.ts';
import type { Nft } from '../nft/contract.ts';
import { commandsFor, replaceTable } from '../nft/transaction.ts';
import type { MapElement } from './frontend.ts';

export const tableName = 'inet switchboard-proxy';
export const commands = commandsFor(tableName);

/**
 * Bits of the packet mark, set by the proxy on the first packet of a connection and read again on the same node.
 * The low 16 are the slot, from 1, or, with `sticky`, the number of an endpoint.
 */
export const markBit = {
  masquerade: 0x10000,
  sticky: 0x20000,
  inside: 0x40000,
  /** While a chain decides: the endpoint of that number is there. */
  there: 0x80000,
  /** While a chain decides: nothing is remembered yet. */
  unknown: 0x80000000,
} as const;
export const mostEndpoints = 0xffff;
const drawn = mostEndpoints + markBit.masquerade + markBit.sticky + markBit.inside;

export interface Ranges {
  serviceCIDRs: readonly string[];
  /** Where pods have their addresses. */
  clusterCIDRs: readonly string[];
  /** Where those of this node have theirs. */
  localPodCIDRs?: readonly string[];
  /** Where node ports answer: at addresses of the node in these ranges; at all of them when absent. */
  nodePortAddresses?: readonly string[];
  /** Whatever is sent to a Service's own address comes from this node. */
  masqueradeAll?: boolean;
}

export async function isTableThere(nft: Nft): Promise<boolean> {
  const { nftables } = (await nft.list('tables')) as {
    nftables: { table?: { family: string; name: string } }[];
  };
  return nftables.some(({ table }) => table && `${table.family} ${table.name}` === tableName);
}

export const families = [
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
    ...containers(ranges),
    ...toEndpoints(ranges),
    ...sources(ranges),
    ...refusals(),
  ];
}

function containers({ serviceCIDRs, clusterCIDRs, localPodCIDRs = [] }: Ranges): string[] {
  const ofBoth = families.flatMap(({ n, type }) => [
    commands.addMap(`services${n}`, `type ${type} . ${portType} : verdict;`),
    commands.addMap(`inside-services${n}`, `type ${type} . ${portType} : verdict;`),
    commands.addMap(`endpoints${n}`, `type ${type} . ${portType} . mark : ${type} . inet_service;`),
    commands.addMap(`node-ports${n}`, `type ${portType} : verdict;`),
    commands.addMap(`inside-node-ports${n}`, `type ${portType} : verdict;`),
    commands.addMap(`node-port-endpoints${n}`, `type ${portType} . mark : ${type} . inet_service;`),
    commands.addMap(`host-ports${n}`, `type ${portType} : verdict;`),
    commands.addMap(`host-port-endpoints${n}`, `type ${portType} . mark : ${type} . inet_service;`),
    // For Services that remember their clients: from a slot, or a number, to the number of an endpoint that is there.
    commands.addMap(`slots${n}`, `type ${type} . ${portType} . mark : mark;`),
    commands.addMap(`node-port-slots${n}`, `type ${portType} . mark : mark;`),
    // Endpoints on this node, each as its own client.
    commands.addSet(`hairpin${n}`, `type ${type} . ${type};`),
    commands.addSet(`load-balancers${n}`, `type ${type};`),
    commands.addSet(`service-ranges${n}`, `type ${type}; flags interval;`),
    commands.addSet(`pods${n}`, `type ${type}; flags interval;`),
    commands.addSet(`local-pods${n}`, `type ${type}; flags interval;`),
  ]);
  // Which endpoint a client was given, for Services with sessionAffinity: ClientIP.
  const remembered = 'size 65536; flags dynamic,timeout;';
  return [
    ...ofBoth,
    commands.addMap('affinity4', `type ipv4_addr . ipv4_addr . ${portType} : mark; ${remembered}`),
    commands.addMap('affinity6', `type mark : mark; ${remembered}`),
    commands.addMap('standing', 'type inet_proto : verdict;'),
    commands.addElements(
      'standing',
      ['tcp', 'udp', 'sctp'].map((key) => ({ key, value: 'return' })),
    ),
    ...rangesIn('service-ranges', serviceCIDRs).map(addOne),
    ...rangesIn('pods', clusterCIDRs).map(addOne),
    ...rangesIn('local-pods', localPodCIDRs).map(addOne),
  ];
}

const addOne = ({ container, key }: MapElement): string => commands.addElements(container, [{ key }]);

/** As elements of a set for each family. */
export const rangesIn = (
  set: 'service-ranges' | 'pods' | 'local-pods',
  ranges: readonly string[],
): MapElement[] => ranges.map((range) => ({ container: `${set}${familyOf(range)}`, key: range }));

function toEndpoints(ranges: Ranges): string[] {
  const rule = commands.addRule;
  const draws = (chain: string, at: 'services' | 'node-ports' | 'host-ports', prefix = '') =>
    families.map(({ n, ip }) => {
      const key = at === 'services' ? `${ip} daddr . ${port}` : `meta nfproto ipv${n} ${port}`;
      return rule(chain, `${key} vmap @${prefix}${at}${n}`);
    });
  return [
    ...['refuse', 'services', 'node-ports', 'inside'].map((name) => commands.addChain(name)),
    // A slot was drawn from a table that has just been replaced: the client tries again.
    rule('refuse', `meta mark & ${drawn} != 0 drop`),
    rule('refuse', 'meta l4proto tcp reject with tcp reset'),
    rule('refuse', 'reject'),
    ...draws('services', 'services'),
    ...families.map(({ n, ip }) =>
      rule('services', `${withPorts} dnat ${ip} to ${ip} daddr . ${port} . meta mark map @endpoints${n}`),
    ),
    ...toNodePorts(ranges).map((text) => rule('services', text)),
    // Maps of a table that is replaced are empty at once, also for a packet under way in its chains. It has found
    // nothing because nothing is there any more, and is not to meet a refusal: the client tries again.
    rule('services', 'meta l4proto vmap @standing'),
    rule('services', `${withPorts} drop`),
    // What comes from ::1 cannot leave the loopback link; there is no route_localnet for IPv6.
    rule('node-ports', 'ip6 daddr ::1 return'),
    ...families.map(({ n, ip }) => rule('node-ports', `${ip} daddr @load-balancers${n} return`)),
    // A Service's port goes before one that a pod of this node asked for.
    ...(['node-port', 'host-port'] as const).flatMap((at) => [
      ...draws('node-ports', `${at}s`),
      ...families.map(({ n, ip }) =>
        rule('node-ports', `${withPorts} dnat ${ip} to ${port} . meta mark map @${at}-endpoints${n}`),
      ),
    ]),
    // Draws anew for this node and its pods, where a policy is Local for others.
    ...draws('inside', 'services', 'inside-'),
    ...draws('inside', 'node-ports', 'inside-'),
    commands.addChain('prerouting', 'type nat hook prerouting priority -100;'),
    rule('prerouting', 'goto services'),
    commands.addChain('output', 'type nat hook output priority -100;'),
    rule('output', 'goto services'),
  ];
}

function toNodePorts({ nodePortAddresses }: Ranges): string[] {
  const toThis = 'fib daddr type local jump node-ports';
  if (!nodePortAddresses) return [toThis];
  return families.flatMap(({ n, ip }) => {
    const own = nodePortAddresses.filter((range) => familyOf(range) === n);
    return own.length > 0 ? [`${ip} daddr { ${own.join(', ')} } ${toThis}`] : [];
  });
}

/** The source address stays, except where the answer would not come back through this node. */
function sources({ masqueradeAll }: Ranges): string[] {
  const rule = (text: string) => commands.addRule('sources', text);
  return [
    commands.addChain('sources'),
    // From outside, under externalTrafficPolicy: Cluster.
    rule(`meta mark & ${markBit.masquerade} != 0 masquerade`),
    // A pod that reaches itself.
    ...families.map(({ n, ip }) => rule(`${ip} saddr . ${ip} daddr @hairpin${n} masquerade`)),
    // A client that is no pod, by a Service's address: the endpoint's node may not know the way to it.
    ...families.map(({ n, ip }) =>
      rule(
        masqueradeAll
          ? `ct original ${ip} daddr @service-ranges${n} masquerade`
          : `ct original ${ip} daddr @service-ranges${n} ${ip} saddr != @pods${n} masquerade`,
      ),
    ),
    // The node itself, by 127.0.0.1 or by a load balancer's address that it holds.
    rule('ip saddr 127.0.0.0/8 masquerade'),
    ...families.map(({ n, ip }) => rule(`${ip} saddr @load-balancers${n} masquerade`)),
    commands.addChain('postrouting', 'type nat hook postrouting priority 100;'),
    commands.addRule('postrouting', 'ct status dnat goto sources'),
  ];
}

/**
 * A packet that is still for a Service's address after `services` found no endpoint is answered at once: no
 * ready endpoint, another port, an address that is nobody's. So is whatever else asks at a load balancer's
 * address. A node port without endpoint is not changed and meets no listener, which answers the same.
 */
function refusals(): string[] {
  const rule = commands.addRule;
  return [
    commands.addChain('refuse-unserved'),
    // Most packets end here: what was let in once has been looked at. Neighbour discovery is not tracked.
    rule('refuse-unserved', 'ct state established,related,untracked return'),
    ...families.flatMap(({ n, ip }) => [
      rule('refuse-unserved', `${ip} daddr @service-ranges${n} goto refuse`),
      rule('refuse-unserved', `${ip} daddr @load-balancers${n} goto refuse`),
    ]),
    ...['prerouting', 'output'].flatMap((hook) => [
      commands.addChain(`refuse-${hook}`, `type filter hook ${hook} priority 0;`),
      rule(`refuse-${hook}`, 'goto refuse-unserved'),
    ]),
    // With route_localnet the kernel no longer keeps 127.0.0.0/8 to the loopback link (CVE-2020-8558).
    commands.addChain('loopback', 'type filter hook prerouting priority -300;'),
    rule('loopback', 'iifname != "lo" ip daddr 127.0.0.0/8 drop'),
  ];
}
