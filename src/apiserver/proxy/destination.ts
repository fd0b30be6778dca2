/**
 * Where a request to `pods/proxy`, `services/proxy` or `nodes/proxy` goes. Errors are `StatusError`s with
 * Kubernetes' words.
 */
import { badRequest, serviceUnavailable } from '../../api/errors.ts';
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import { contains, isAddress, parseAddress, parseCidr } from '../../lib/ip.ts';
import type { ProxyTarget } from './target.ts';

export interface Destination {
  scheme: 'http' | 'https';
  host: string;
  port: number;
}

type Asked = Pick<ProxyTarget, 'scheme' | 'name' | 'port'>;

/** The named port, or the first that the pod declares, or the scheme's own. */
export function podDestination({ scheme = 'http', name, port }: Asked, pod: Pod): Destination {
  const declared = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const host = proxyable(pod.status?.podIP ?? '', `pod ${name}`);
  const usual = declared[0]?.containerPort ?? usualPort(scheme);
  if (port === undefined) return { scheme, host, port: usual };
  const named = declared.find((candidate) => candidate.name === port)?.containerPort;
  return { scheme, host, port: named ?? portNumber(port, `pod ${name}`) };
}

/** One of the endpoints that are ready, by `random` (0 ≤ x < 1). */
export function serviceDestination(
  { scheme = 'http', name, port }: Asked,
  service: Service,
  slices: readonly EndpointSlice[],
  random: () => number,
): Destination {
  const portName = servicePortName(name, port, service);
  const ready = slices.flatMap((slice) => {
    if (slice.addressType === 'FQDN') return [];
    const to = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port;
    if (to === undefined) return [];
    return (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses.slice(0, 1).map((host) => ({ host, port: to })));
  });
  const chosen = ready[Math.floor(random() * ready.length)];
  if (!chosen) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return { scheme, host: proxyable(chosen.host, `service ${name}`), port: chosen.port };
}

/** Slices know ports by their names only. */
function servicePortName(name: string, port: string | undefined, { spec }: Service): string {
  if (port === undefined || !/^\d+$/.test(port)) return port ?? '';
  const found = spec?.ports?.find((candidate) => String(candidate.port) === port);
  if (!found) throw serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

/** Another port of a node than its kubelet's. */
export function nodeDestination({ scheme = 'http', name, port = '' }: Asked, address: string): Destination {
  return { scheme, host: proxyable(address, `node ${name}`), port: portNumber(port, `node ${name}`) };
}

const usualPort = (scheme: Destination['scheme']) => (scheme === 'https' ? 443 : 80);

function portNumber(port: string, of: string): number {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535)
    throw badRequest(`cannot find the port ${JSON.stringify(port)} of ${of}`);
  return number;
}

/** Loopback, link-local, multicast and unspecified addresses: those of the API server's own machine, and of nobody. */
const forbidden = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4'],
  ...['::/127', '::ffff:0:0/96', 'fe80::/10', 'ff00::/8'],
].map(parseCidr);

/** Addresses come from a status or a slice, which others write: they must not lead to the API server itself. */
function proxyable(address: string, of: string): string {
  if (address === '') throw badRequest(`${of} has no address yet`);
  if (!isAddress(address) || forbidden.some((range) => contains(range, parseAddress(address))))
    throw badRequest('address not allowed');
  return address;
}
