/** Keeps the kernel's routes to other nodes' pods as the Node objects say. */
import type { Node } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import { findLink } from '../lib/linux/netlink/links.ts';
import { deleteRoute, listRoutes, type Route, replaceRoute } from '../lib/linux/netlink/routes.ts';
import { netlink } from '../lib/linux/netlink/socket.ts';
import { logger } from '../lib/log.ts';
import { routeChanges, routesTo } from './routes.ts';

const log = logger('routes');

export interface RouteSyncOptions {
  nodes: Informer<Node>;
  nodeName: string;
  /** The link to the LAN. */
  link?: string;
  /** A file that holds the node's namespace open; by default the one that this process is in. */
  netns?: string;
}

export interface RouteSync {
  /** The routes of all nodes that were known at the start are in the kernel, and no others of ours. */
  synced: Promise<void>;
  stop(): void;
}

export function syncRoutes({ nodes, nodeName, link = 'eth0', netns }: RouteSyncOptions): RouteSync {
  const socket = netlink(netns);
  let isStopped = false;
  /** What is in the kernel, by destination. */
  let current = new Map<string, Route>();
  const desired = new Map<string, Route[]>();

  const apply = () => {
    const after = new Map([...desired.values()].flat().map((route) => [route.destination, route]));
    const { gone, set } = routeChanges(current, after);
    for (const destination of gone) deleteRoute(socket, destination);
    if (set.length === 0) {
      current = after;
      return;
    }
    const index = findLink(socket, link)?.index;
    if (index === undefined) throw new Error(`Cannot set routes: the node has no link ${link}`);
    socket.send(...set.map((route) => replaceRoute(route.unreachable ? route : { ...route, link: index })));
    current = after;
  };

  nodes.onChange((now, before) => {
    if (isStopped) return;
    if (before) desired.delete(before.metadata.name);
    if (now) desired.set(now.metadata.name, routesTo(now, now.metadata.name === nodeName));
    if (!nodes.hasSynced) return;
    try {
      apply();
    } catch (err) {
      log.error({ err: String(err) }, 'routes could not be set');
    }
  });

  const synced = nodes.synced.then(() => {
    if (isStopped) return;
    current = new Map(ofNodes(listRoutes(socket)).map((route) => [route.destination, route]));
    apply();
  });
  return {
    synced,
    stop() {
      isStopped = true;
      socket.close();
    },
  };
}

/** Those that this file sets, from before a restart: not the links of pods, nor the route to Services. */
const ofNodes = (routes: Route[]): Route[] => routes.filter((route) => route.gateway ?? route.unreachable);
