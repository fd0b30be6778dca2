/** Records of one Service: at its own name, at its endpoints' names, at its ports' names. */
import { isAddress } from '../../../lib/ip.ts';
import { addressRecord, type ResourceRecord, srvRecord } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { endpointsIn } from './endpoints.ts';
import { type Asked, type Found, isAsked, noData } from './found.ts';
import type { KeptService, NamedPort } from './keep.ts';
import type { View } from './view.ts';

export interface Where {
  view: View;
  ignoreEmpty: boolean;
}

/** Labels below `<service>.<namespace>.svc.<zone>`, from left to right. */
export function ofService(service: KeptService, below: readonly string[], where: Where, asked: Asked): Found {
  const { view, ignoreEmpty } = where;
  // Digits and dots are no name that anybody can be sent to.
  if (service.externalName !== undefined)
    return below.length === 0 && service.externalName !== '' && !isAddress(service.externalName)
      ? { alias: service.externalName }
      : undefined;
  if (ignoreEmpty && endpointsOf(service, view).length === 0) return undefined;
  const found = withEndpoints(service, below, view, asked);
  // All of it is of this Service and its slices.
  return found && 'answers' in found && found.answers.length > 0
    ? { ...found, lasting: view.lasting(service) }
    : found;
}

function withEndpoints(service: KeptService, below: readonly string[], view: View, asked: Asked): Found {
  const hosts = hostsOf(service, view);
  const [first] = below;
  if (first === undefined)
    return hosts.isHeadless && hosts.all.length === 0 ? undefined : ofHosts(hosts, asked);
  if (first.startsWith('_')) return ofPort(hosts, below, asked);
  if (service.hidesEndpoints) return undefined;
  const label = below.join('.');
  const endpoints = endpointsOf(service, view);
  const named = endpoints.filter((e) => e.name === label);
  // A name of two labels makes the second one a name, too (RFC 8020).
  if (named.length === 0) return endpoints.some((e) => e.name.endsWith(`.${label}`)) ? noData : undefined;
  return ofHosts(
    {
      all: named.map((e) => ({ ...e, name: `${e.name}.${hosts.name}` })),
      name: hosts.name,
      isHeadless: true,
    },
    asked,
  );
}

/** Who answers for a Service: itself, at its cluster addresses, or each endpoint of a headless one. */
interface Hosts {
  name: string;
  isHeadless: boolean;
  all: readonly Host[];
}

interface Host {
  /** Without the zone. */
  name: string;
  address: string;
  ports: readonly NamedPort[];
}

function hostsOf(service: KeptService, view: View): Hosts {
  const { name, namespace, addresses: own, ports, hidesEndpoints } = service;
  const whole = `${name}.${namespace}.svc`;
  const isHeadless = own.length === 0 && !hidesEndpoints;
  const all = isHeadless
    ? endpointsOf(service, view).map((e) => ({ ...e, name: `${e.name}.${whole}` }))
    : own.map((address) => ({ name: whole, address, ports }));
  return { name: whole, isHeadless, all };
}

const endpointsOf = (service: KeptService, view: View) => endpointsIn(view.slicesOf(service));

function ofHosts(hosts: Hosts, asked: Asked): Found {
  if (asked.type === recordType.SRV) return services(hosts, () => true, asked);
  return { answers: addresses(asked.name, hosts.all, asked) };
}

/** `_<port>._<protocol>`; `_<protocol>` alone exists when something is below it (RFC 8020). */
function ofPort(hosts: Hosts, below: readonly string[], asked: Asked): Found {
  const [port, protocol] = below.length === 1 ? [undefined, below[0]] : below;
  if (below.length > 2 || !protocol?.startsWith('_')) return undefined;
  const matches = (p: NamedPort) =>
    p.name !== '' && `_${p.protocol}` === protocol && (port === undefined || `_${p.name}` === port);
  if (!hosts.all.some((host) => host.ports.some(matches))) return undefined;
  if (port === undefined || asked.type !== recordType.SRV) return { answers: [] };
  return services(hosts, matches, asked);
}

/** One record a host and port; the hosts' addresses beside them. */
function services(hosts: Hosts, matches: (port: NamedPort) => boolean, asked: Asked): Found {
  const pairs = new Map<string, { target: string; port: number }>();
  const used: Host[] = [];
  for (const host of hosts.all) {
    const ports = host.ports.filter(matches);
    if (ports.length > 0) used.push(host);
    for (const { port } of ports) {
      const target = `${host.name}.${asked.zone}`;
      pairs.set(`${target} ${port}`, { target, port });
    }
  }
  const weight = Math.max(1, Math.floor(100 / pairs.size));
  const answers = [...pairs.values()].map((pair) => srvRecord(asked.name, asked.ttl, { weight, ...pair }));
  return {
    answers,
    additionals: used.map((h) => addressRecord(`${h.name}.${asked.zone}`, asked.ttl, h.address)),
  };
}

function addresses(
  name: string,
  hosts: readonly { address: string }[],
  { type, ttl }: Asked,
): ResourceRecord[] {
  return hosts
    .filter(({ address }) => isAsked(type, address))
    .map(({ address }) => addressRecord(name, ttl, address));
}
