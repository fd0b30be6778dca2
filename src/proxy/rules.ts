/** What a Service means to the kernel: its frontends. */
import { isOurs } from '../api/core/service/loadBalancer.ts';
import type { EndpointSlice, Service, ServicePort } from '../api/types.ts';
import { canonical, familyOf, formatCidr, isAddress, outermost, parseCidr } from '../lib/ip.ts';
import { type Place, targetsOf } from './endpoints.ts';
import type { Frontend } from './frontend.ts';
import { isLeftToOthers } from './others.ts';

/** https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export function frontendsOf(service: Service, slices: readonly EndpointSlice[], place: Place): Frontend[] {
  if (!isProxied(service)) return [];
  return (service.spec?.ports ?? []).flatMap((port) => [
    ...clusterFrontends(service, port, slices, place),
    ...externalDoors(service, port, place).flatMap((door) =>
      externalFrontends(door, service, port, slices, place),
    ),
  ]);
}

/** Headless Services and ExternalName are the DNS server's alone; some Services name another proxy. */
function isProxied(service: Service): boolean {
  const { spec } = service;
  if (!spec || spec.type === 'ExternalName' || isLeftToOthers(service)) return false;
  return clusterIPs({ spec }).length > 0;
}

/** Empty for a headless Service. */
function clusterIPs({ spec }: Pick<Service, 'spec'>): string[] {
  return (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter(isAddress).map(canonical);
}

function clusterFrontends(
  service: Service,
  port: ServicePort,
  slices: readonly EndpointSlice[],
  place: Place,
): Frontend[] {
  const onlyLocal = service.spec?.internalTrafficPolicy === 'Local';
  return clusterIPs(service).map((address) => ({
    at: 'service',
    family: familyOf(address),
    ...portOf(service, port),
    port: port.port,
    address,
    masquerade: false,
    targets: targetsOf(slices, familyOf(address), port, { ...place, onlyLocal }),
  }));
}

/** Where clients from outside the cluster come in. */
type Door = Pick<
  Frontend,
  'at' | 'family' | 'address' | 'port' | 'sourceRanges' | 'ownsAddress' | 'whenEmpty'
>;

function externalDoors(service: Service, { port, nodePort }: ServicePort, { hasPools }: Place): Door[] {
  const { spec } = service;
  const at = (address: string) => ({ at: 'service', family: familyOf(address), address, port }) as const;
  return [
    ...(nodePort
      ? clusterIPs(service).map((ip) => ({ ...nodeDoor, family: familyOf(ip), port: nodePort }))
      : []),
    ...loadBalancerIPs(service).map((address) => ({
      ...at(address),
      ...restrictedTo(spec?.loadBalancerSourceRanges, familyOf(address)),
      // An address that another class gives out may be a node's.
      ...(hasPools && isOurs(service) && { ownsAddress: true as const }),
      whenEmpty: 'refuse' as const,
    })),
    ...(spec?.externalIPs ?? [])
      .filter(isAddress)
      .map((address) => ({ ...at(canonical(address)), whenEmpty: 'refuse' as const })),
  ];
}

const nodeDoor = { at: 'node-port', address: '' } as const;

/** Without those behind which a load balancer changes packets by itself (KEP-1860). */
function loadBalancerIPs({ spec, status }: Service): string[] {
  if (spec?.type !== 'LoadBalancer') return [];
  return (status?.loadBalancer?.ingress ?? [])
    .filter(({ ip, ipMode }) => ip !== undefined && isAddress(ip) && ipMode !== 'Proxy')
    .map(({ ip = '' }) => canonical(ip));
}

/** Ranges of one family say nothing about the other. One that cannot be read, in another cluster's API, means nobody. */
function restrictedTo(ranges: readonly string[] | undefined, family: 4 | 6): Pick<Frontend, 'sourceRanges'> {
  const own = (ranges ?? []).map((range) => range.trim()).filter((range) => familyOf(range) === family);
  return own.length > 0 ? { sourceRanges: outermost(own.map((range) => readable(range, family))) } : {};
}

function readable(range: string, family: 4 | 6): string {
  try {
    return formatCidr(parseCidr(range));
  } catch {
    return nobody[family];
  }
}

const nobody = { 4: '0.0.0.0/32', 6: '::/128' } as const;

/**
 * Under Local the client's address is kept, and so only this node's endpoints can answer. While there are
 * others elsewhere, a packet is left without an answer: the client tries again, by then on a better way.
 */
function externalFrontends(
  door: Door,
  service: Service,
  port: ServicePort,
  slices: readonly EndpointSlice[],
  place: Place,
): Frontend[] {
  const of = (onlyLocal: boolean) => targetsOf(slices, door.family, port, { ...place, onlyLocal });
  const frontend = { ...door, ...portOf(service, port) };
  const all = of(false);
  if (service.spec?.externalTrafficPolicy !== 'Local')
    return [{ ...frontend, masquerade: true, targets: all }];
  const { sourceRanges: _, ...open } = frontend;
  const outside: Frontend = { ...frontend, side: 'outside', masquerade: false, targets: of(true) };
  return all.length === 0
    ? [outside]
    : [
        { ...outside, whenEmpty: 'drop' },
        { ...open, side: 'inside', masquerade: false, targets: all },
      ];
}

const defaultStickySeconds = 10_800;

function portOf({ spec }: Service, { protocol }: ServicePort): Pick<Frontend, 'protocol' | 'stickySeconds'> {
  const stickySeconds = spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultStickySeconds;
  return {
    protocol: (protocol ?? 'TCP').toLowerCase() as Frontend['protocol'],
    ...(spec?.sessionAffinity === 'ClientIP' && { stickySeconds }),
  };
}
