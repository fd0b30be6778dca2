/** What a Service means to the kernel: its frontends, and the map elements of each. */
import type { EndpointSlice, Service, ServicePort } from '../api/types.ts';
import { canonical, familyOf, isAddress } from '../lib/ip.ts';
import { type Target, targetsOf } from './endpoints.ts';
import { firstMark, pickName, type Pick as SlotPick } from './picks.ts';

/** An address and port where a Service is reached, or a port of every node. */
export interface Frontend {
  at: 'service' | 'node-port';
  family: 4 | 6;
  protocol: 'tcp' | 'udp' | 'sctp';
  port: number;
  /** The Service's address; empty for a node port. */
  address: string;
  masquerade: boolean;
  stickySeconds?: number;
  targets: readonly Target[];
}

/** `10.96.0.10 . tcp . 80`, `tcp . 30080`: what it stands under in the maps. */
const keyOf = ({ address, protocol, port }: Frontend): string =>
  address ? `${address} . ${protocol} . ${port}` : `${protocol} . ${port}`;

/** No two Services can have the same. */
export const idOf = (frontend: Frontend): string => `${frontend.at}${frontend.family} ${keyOf(frontend)}`;

/** https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export function frontendsOf(
  service: Service,
  slices: readonly EndpointSlice[],
  nodeName: string,
): Frontend[] {
  if (!isProxied(service)) return [];
  return (service.spec?.ports ?? []).flatMap((port) => [
    ...clusterFrontends(service, port, slices, nodeName),
    ...nodeFrontends(service, port, slices, nodeName),
  ]);
}

/** Headless Services and ExternalName are the DNS server's alone; some Services name another proxy. */
function isProxied({ spec, metadata }: Service): boolean {
  if (!spec || spec.type === 'ExternalName') return false;
  return metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined;
}

/** Empty for a headless Service. */
function clusterIPs({ spec }: Service): string[] {
  return (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter(isAddress).map(canonical);
}

function clusterFrontends(
  service: Service,
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): Frontend[] {
  const onlyLocal = service.spec?.internalTrafficPolicy === 'Local';
  return clusterIPs(service).map((address) => ({
    at: 'service',
    family: familyOf(address),
    ...portOf(service, port),
    port: port.port,
    address,
    masquerade: false,
    targets: targetsOf(slices, familyOf(address), port, { nodeName, onlyLocal }),
  }));
}

function nodeFrontends(
  service: Service,
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): Frontend[] {
  const { nodePort } = port;
  if (!nodePort) return [];
  // Under Local the client's address is kept, and so only this node's endpoints can answer.
  const onlyLocal = service.spec?.externalTrafficPolicy === 'Local';
  return clusterIPs(service).map((clusterIP) => ({
    at: 'node-port',
    family: familyOf(clusterIP),
    ...portOf(service, port),
    port: nodePort,
    address: '',
    masquerade: !onlyLocal,
    targets: targetsOf(slices, familyOf(clusterIP), port, { nodeName, onlyLocal }),
  }));
}

const defaultStickySeconds = 10_800;

function portOf({ spec }: Service, { protocol }: ServicePort): Pick<Frontend, 'protocol' | 'stickySeconds'> {
  const stickySeconds = spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultStickySeconds;
  return {
    protocol: (protocol ?? 'TCP').toLowerCase() as Frontend['protocol'],
    ...(spec?.sessionAffinity === 'ClientIP' && { stickySeconds }),
  };
}

export interface MapElement {
  /** The map or set that it stands in. */
  container: string;
  key: string;
  /** Absent in a set. */
  value?: string;
}

export const pickOf = (frontend: Frontend, slots: readonly string[]): SlotPick => ({
  count: slots.length,
  masquerade: frontend.masquerade,
  ...(frontend.stickySeconds !== undefined && { stickySeconds: frontend.stickySeconds }),
});

/** The elements of a frontend whose endpoints (`10.244.0.5 . 8080`) stand in these slots; none without endpoints. */
export function elementsOf(frontend: Frontend, slots: readonly string[]): MapElement[] {
  if (slots.length === 0) return [];
  const { at, family } = frontend;
  const [key, pick] = [keyOf(frontend), pickOf(frontend, slots)];
  const first = firstMark(pick);
  const endpoints = `${at === 'service' ? 'endpoints' : 'node-port-endpoints'}${family}`;
  return [
    { container: `${at}s${family}`, key, value: `jump ${pickName(pick)}` },
    ...slots.map((slot, n) => ({ container: endpoints, key: `${key} . ${first + n}`, value: slot })),
  ];
}
