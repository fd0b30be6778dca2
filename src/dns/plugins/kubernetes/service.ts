/** Records of one Service: at its own name, at its endpoints' names, at its ports' names. */
import type { Service } from '../../../api/types.ts';
import { addressRecord, type ResourceRecord, srvRecord } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { type NamedPort, namedPort, readyEndpoints } from './endpoints.ts';
import { type Asked, type Found, isAsked } from './found.ts';
import { clusterAddresses, type View } from './view.ts';

/** Labels below `<service>.<namespace>.svc.<zone>`, from left to right. */
export function ofService(service: Service, below: readonly string[], view: View, asked: Asked): Found {
  if (service.spec?.type === 'ExternalName') {
    const target = service.spec.externalName ?? '';
    return below.length === 0 && target !== '' ? { alias: target } : undefined;
  }
  const hosts = hostsOf(service, view);
  const [first, second] = below;
  if (first === undefined)
    return hosts.isHeadless && hosts.all.length === 0 ? undefined : ofHosts(hosts, asked);
  if (first.startsWith('_')) return ofPort(hosts, below, asked);
  if (second !== undefined) return undefined;
  const named = endpointsOf(service, view).filter((e) => e.name === first);
  if (named.length === 0) return undefined;
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

function hostsOf(service: Service, view: View): Hosts {
  const { name, namespace } = service.metadata;
  const own = `${name}.${namespace}.svc`;
  const addresses = clusterAddresses(service);
  const isHeadless = addresses.length === 0;
  const all = isHeadless
    ? endpointsOf(service, view).map((e) => ({ ...e, name: `${e.name}.${own}` }))
    : addresses.map((address) => ({
        name: own,
        address,
        ports: (service.spec?.ports ?? []).flatMap(namedPort),
      }));
  return { name: own, isHeadless, all };
}

const endpointsOf = ({ metadata }: Service, view: View) =>
  readyEndpoints(view.slicesOf(metadata.namespace ?? '', metadata.name));

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
