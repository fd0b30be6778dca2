/**
 * Routes to the external IPs of Services. A node has no route to the outside; what it sends itself needs one before the
 * proxy's rules see it and send it to an endpoint. What pods send needs none.
 * https://kubernetes.io/docs/concepts/services-networking/service/#external-ips
 */
import { balancerIPs, isLoadBalancer, isOurs } from '../api/core/service/loadBalancer.ts';
import type { Service } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import { canonical, contains, familyOf, hostRange, isAddress, parseAddress, parseCidr } from '../lib/ip.ts';
import { findLink } from '../lib/linux/netlink/links.ts';
import { deleteRoute, listRoutes, type Route, replaceRoute } from '../lib/linux/netlink/routes.ts';
import { netlink } from '../lib/linux/netlink/socket.ts';
import { logger } from '../lib/log.ts';

const log = logger('routes');

export interface ExternalRoutesOptions {
  services: Informer<Service>;
  nodeIPs: readonly string[];
  /** What has a route already, and pods' addresses, which a Service shall not take from them. */
  routed: readonly string[];
  /** The link to the LAN. */
  link?: string;
  /** A file that holds the node's namespace open; by default the one that this process is in. */
  netns?: string;
}

export interface ExternalRoutes {
  /** The routes of all Services that were known at the start are in the kernel, and none of those that are gone. */
  synced: Promise<void>;
  /** The routes stay. */
  stop(): void;
}

/** Of load balancers those that another class gave out: ours are on the LAN, or have a route from the start. */
export function externalAddressesOf(service: Service): string[] {
  const foreign = isLoadBalancer(service) && !isOurs(service) ? balancerIPs(service) : [];
  return [...(service.spec?.externalIPs ?? []).filter(isAddress).map(canonical), ...foreign];
}

export function routeExternalIPs(options: ExternalRoutesOptions): ExternalRoutes {
  const { services, nodeIPs, link: linkName = 'eth0', netns } = options;
  const socket = netlink(netns);
  const link = findLink(socket, linkName)?.index;
  const routed = options.routed.map(parseCidr);
  /** How many Services have an address that needs a route. */
  const uses = new Map<string, number>();

  const sourceFor = (address: string) => nodeIPs.find((ip) => familyOf(ip) === familyOf(address));
  const needsRoute = (address: string) =>
    sourceFor(address) !== undefined && !routed.some((range) => contains(range, parseAddress(address)));

  const add = (address: string): void => {
    const [source, destination] = [sourceFor(address), hostRange(address)];
    try {
      if (source && link) socket.send(replaceRoute({ destination, link, source }));
    } catch (err) {
      log.error({ address, err: String(err) }, 'an external IP got no route');
    }
  };

  const count = (service: Service | undefined, change: 1 | -1): void => {
    for (const address of service ? externalAddressesOf(service).filter(needsRoute) : []) {
      const now = (uses.get(address) ?? 0) + change;
      if (now > 0) uses.set(address, now);
      else uses.delete(address);
      if (!services.hasSynced) continue;
      if (now === 1 && change === 1) add(address);
      if (now === 0) deleteRoute(socket, hostRange(address));
    }
  };

  let isStopped = false;
  services.onChange((now, before) => {
    if (isStopped) return;
    // What stays is never without a route.
    count(now, 1);
    count(before, -1);
  });

  const isOwn = (route: Route) =>
    route.link === link && !route.gateway && !options.routed.includes(route.destination);
  const synced = services.synced.then(() => {
    if (isStopped) return;
    const wanted = new Set([...uses.keys()].map(hostRange));
    for (const { destination } of listRoutes(socket).filter(isOwn))
      if (isHostRange(destination) && !wanted.has(destination)) deleteRoute(socket, destination);
    for (const address of uses.keys()) add(address);
  });
  return {
    synced,
    stop() {
      isStopped = true;
      socket.close();
    },
  };
}

const isHostRange = (range: string): boolean => range === hostRange(range.replace(/\/.*/, ''));
