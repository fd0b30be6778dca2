/**
 * Which records a name has, by the Kubernetes DNS specification 1.1.0
 * (https://github.com/kubernetes/dns/blob/master/docs/specification.md).
 */
import { canonical as canonicalAddress } from '../../../lib/ip.ts';
import { addressOfReverse } from '../../wire/address.ts';
import {
  addressRecord,
  nsRecord,
  ptrRecord,
  type ResourceRecord,
  soaRecord,
  txtRecord,
} from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { undashed } from './endpoints.ts';
import { type Asked, type Found, isAsked, noData } from './found.ts';
import { nameOf } from './keep.ts';
import type { PodMode } from './options.ts';
import { ofService } from './service.ts';
import type { View } from './view.ts';

export interface Cluster {
  view: View;
  /** The zone that Services live in, canonical; the others are reverse zones. */
  domain: string;
  /** Of the specification: that of other clusters' Services has a version of its own. */
  version: string;
  pods: PodMode;
  /** A Service without a ready endpoint does not exist. */
  ignoreEmpty: boolean;
  /** Addresses that this server is reached at. */
  nameServers(): readonly string[];
}

export function lookUp(cluster: Cluster, asked: Asked): Found {
  if (asked.canonical === asked.zone) return ofApex(cluster, asked);
  const labels = asked.canonical.slice(0, asked.zone === '.' ? -1 : -asked.zone.length - 1).split('.');
  if (asked.canonical.endsWith('.arpa.')) return ofAddress(cluster, asked);
  const kind = labels.pop();
  switch (kind) {
    case 'svc':
      return inServices(cluster, labels, asked);
    case 'pod':
      return cluster.pods === 'disabled' ? undefined : ofPod(cluster, labels, asked);
    case 'dns-version':
      return labels.length > 0
        ? undefined
        : of(asked, recordType.TXT, () => txtRecord(asked.name, asked.ttl, cluster.version));
    case 'dns':
      return ofNameServer(cluster, labels, asked);
    default:
      return undefined;
  }
}

/** `svc`, `<namespace>.svc`, `<service>.<namespace>.svc` and what is below. */
function inServices({ view, ignoreEmpty }: Cluster, labels: string[], asked: Asked): Found {
  const namespace = labels.pop();
  if (namespace === undefined) return noData;
  const name = labels.pop();
  if (name === undefined) return view.hasNamespace(namespace) ? noData : undefined;
  const service = view.service(namespace, name);
  return service && ofService(service, labels, { view, ignoreEmpty }, asked);
}

/** `<address>.<namespace>.pod`, with dashes in the address. */
function ofPod({ view, pods }: Cluster, labels: readonly string[], asked: Asked): Found {
  if (labels.length > 2) return undefined;
  const namespace = labels.at(-1);
  if (namespace === undefined) return noData;
  if (!view.hasNamespace(namespace)) return undefined;
  if (labels.length === 1) return noData;
  const address = undashed(labels[0] ?? '');
  if (address === undefined) return undefined;
  if (pods === 'verified' && !hasPodAt(view, namespace, canonicalAddress(address))) return undefined;
  return { answers: isAsked(asked.type, address) ? [addressRecord(asked.name, asked.ttl, address)] : [] };
}

const hasPodAt = (view: View, namespace: string, address: string): boolean =>
  view.podsAt(address).some((pod) => pod.namespace === namespace);

/** Cluster addresses lead to their Service, endpoint addresses to each name that the endpoint has. */
function ofAddress({ view, domain }: Cluster, asked: Asked): Found {
  const address = addressOfReverse(asked.canonical);
  if (address === undefined) return undefined;
  const names = view.servicesAt(address).map(({ name, namespace }) => `${name}.${namespace}.svc`);
  if (names.length === 0) {
    for (const slice of view.slicesAt(address)) {
      const [namespace = '', service = ''] = slice.service.split('/');
      const endpoint = slice.endpoints.find((each) => each.address === address);
      if (endpoint && view.service(namespace, service))
        names.push(`${nameOf(endpoint)}.${service}.${namespace}.svc`);
    }
  }
  if (names.length === 0) return undefined;
  if (!wants(asked.type, recordType.PTR)) return noData;
  return {
    answers: [...new Set(names)].map((name) => ptrRecord(asked.name, asked.ttl, `${name}.${domain}`)),
  };
}

function ofApex(cluster: Cluster, asked: Asked): Found {
  const found = of(asked, recordType.SOA, () => startOfAuthority(cluster, asked, asked.name));
  if (!wants(asked.type, recordType.NS)) return found;
  const target = `ns.dns.${cluster.domain}`;
  const additionals = cluster.nameServers().map((address) => addressRecord(target, asked.ttl, address));
  const soa = found && 'answers' in found ? found.answers : [];
  return { answers: [...soa, nsRecord(asked.name, asked.ttl, target)], additionals };
}

/** `ns.dns`: this server itself. */
function ofNameServer(cluster: Cluster, labels: readonly string[], asked: Asked): Found {
  if (labels.length === 0) return noData;
  if (labels.length > 1 || labels[0] !== 'ns') return undefined;
  const own = cluster.nameServers().filter((address) => isAsked(asked.type, address));
  return { answers: own.map((address) => addressRecord(asked.name, asked.ttl, address)) };
}

/** Its ttl and its minimum say for how long a name may be known not to exist (RFC 2308 section 3). */
export const startOfAuthority = (
  { view, domain }: Cluster,
  { zone, ttl }: Asked,
  name = zone,
): ResourceRecord =>
  soaRecord(name, ttl, {
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: view.serial(),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  });

const wants = (asked: number, type: number): boolean => asked === type || asked === recordType.ANY;

const of = (asked: Asked, type: number, record: () => ResourceRecord): Found => ({
  answers: wants(asked.type, type) ? [record()] : [],
});
