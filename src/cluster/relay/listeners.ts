/** What the relay should listen on, from the Services that there are. Pure. */
import type { Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { canonical, type Family, familyOf, isAddress } from '../../lib/ip.ts';
import { apiPort } from '../addresses.ts';

export interface Listener {
  protocol: 'TCP' | 'UDP';
  port: number;
  /** `namespace/name` */
  service: string;
  /** The load balancer's address that is dialled; a node's when absent. */
  address?: string;
  /** Over which it is dialled. */
  family: Family;
}

export interface Listeners {
  /** By {@link nameOf}. */
  wanted: Map<string, Listener>;
  /** Those that somebody else comes before, with who that is. */
  leftOut: { listener: Listener; for: string }[];
}

/** On a Service whose ports on the host are for any other Service that wants them. */
const yieldsAnnotation = 'switchboard.dev/yields-host-ports';

export const nameOf = ({ protocol, port }: Listener): string => `${protocol}/${port}`;

/**
 * Every node port under its own number, and every port of a load balancer. Node ports come first, then who is
 * older, last who yields. SCTP is not relayed: the host has no sockets for it.
 */
export function desiredListeners(services: Iterable<Service>): Listeners {
  const wanted = new Map<string, Listener>();
  const leftOut: Listeners['leftOut'] = [];
  const reachable = [...services].filter(
    ({ spec }) => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer',
  );
  for (const service of reachable)
    for (const listener of nodePortsOf(service)) wanted.set(nameOf(listener), listener);
  for (const service of reachable.toSorted(byPrecedence))
    for (const listener of loadBalancersOf(service)) {
      const name = nameOf(listener);
      const first = name === `TCP/${apiPort}` ? 'the API' : wanted.get(name)?.service;
      if (first === undefined) wanted.set(name, listener);
      else leftOut.push({ listener, for: first });
    }
  return { wanted, leftOut };
}

/** Over the family that the Service has first: over the other one nobody may answer. */
function nodePortsOf(service: Service): Listener[] {
  const family = service.spec?.ipFamilies?.[0] === 'IPv6' ? 6 : 4;
  return (service.spec?.ports ?? []).flatMap(({ nodePort, protocol = 'TCP' }) =>
    nodePort && isRelayed(protocol) ? { protocol, port: nodePort, service: keyOf(service), family } : [],
  );
}

/** Its first address is dialled, which is IPv4 unless the Service has none. */
function loadBalancersOf(service: Service): Listener[] {
  const { spec, status } = service;
  const ips = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) =>
    isAddress(ip) ? canonical(ip) : [],
  );
  const address = ips.find((ip) => !ip.includes(':')) ?? ips[0];
  if (spec?.type !== 'LoadBalancer' || address === undefined) return [];
  return (spec.ports ?? []).flatMap(({ port, protocol = 'TCP' }) =>
    isRelayed(protocol)
      ? { protocol, port, service: keyOf(service), address, family: familyOf(address) }
      : [],
  );
}

const isRelayed = (protocol: string): protocol is Listener['protocol'] =>
  protocol === 'TCP' || protocol === 'UDP';

/** Names make the order sure where two were created in one second. */
function byPrecedence(a: Service, b: Service): number {
  const rankOf = (service: Service) => {
    const { annotations, creationTimestamp = '' } = service.metadata;
    return `${annotations?.[yieldsAnnotation] === 'true'} ${creationTimestamp} ${keyOf(service)}`;
  };
  return rankOf(a) < rankOf(b) ? -1 : 1;
}
