/**
 * The cluster's LAN: a bridge in a network namespace of its own, which nodes and, if it may, the host are
 * plugged into. Called from outside the nodes; nothing of the host is changed but for its own plug.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { addressBytes, familyOf, parseAddress } from '../lib/ip.ts';
import { createNetns, inNamespace } from '../lib/linux/namespaces.ts';
import { addAddress } from '../lib/linux/netlink/addresses.ts';
import {
  addBridge,
  addVeth,
  deleteLink,
  findLink,
  listLinks,
  maxLinkName,
  setLink,
} from '../lib/linux/netlink/links.ts';
import type { Request } from '../lib/linux/netlink/message.ts';
import { replaceRoute } from '../lib/linux/netlink/routes.ts';
import { type Netlink, netlink } from '../lib/linux/netlink/socket.ts';
import { readSysctl, writeSysctlsIfPresent } from '../lib/linux/sysctl.ts';
import { bridgesDoNotFilter } from './node.ts';

const bridge = 'lan';
const loopback = 1;

/** The name of the bridge's port for the host. */
const hostPort = 'host';

/**
 * Without a link-local address that is ready a router cannot ask for its neighbours, and duplicate address
 * detection (RFC 4862, 5.4) would keep it waiting for two seconds.
 */
const usableAtOnce = { 'net.ipv6.conf.default.accept_dad': '0' };

export interface LanOptions {
  /** Will hold the LAN's namespace open. */
  netnsFile: string;
  /** The LAN's own, with prefix: `172.30.0.1/20`. External clients that run in its namespace have them. */
  addresses: readonly string[];
  /** Other ranges that are on this LAN: `192.168.77.0/24`. */
  routes?: readonly string[];
}

export function createLan({ netnsFile, addresses, routes = [] }: LanOptions): void {
  mkdirSync(dirname(netnsFile), { recursive: true });
  createNetns(netnsFile, () => {
    writeSysctlsIfPresent({ ...bridgesDoNotFilter, ...usableAtOnce });
    const lan = netlink();
    try {
      lan.send(addBridge(bridge), setLink(loopback, { up: true }));
      const link = indexOf(lan, bridge);
      lan.send(
        setLink(link, { up: true }),
        ...addresses.map((address) => withPrefix(link, address)),
        ...routes.map((destination) => replaceRoute({ destination, link })),
      );
    } finally {
      lan.close();
    }
  });
}

export interface NodePlug {
  lanNetns: string;
  nodeNetns: string;
  nodeName: string;
  /** Of the node on the LAN, with prefix: `172.30.0.2/20`. The primary family's first. */
  addresses: readonly string[];
}

/** Gives the node its `eth0`. No default route: there is nothing outside the LAN. */
export function attachNode({ lanNetns, nodeNetns, nodeName, addresses }: NodePlug): void {
  inNamespace(nodeNetns, () => writeSysctlsIfPresent(usableAtOnce));
  // Plugged in again it has the same hardware address: its neighbours need not find it anew.
  plugIn(lanNetns, portOf(nodeName), {
    netns: nodeNetns,
    name: 'eth0',
    addresses,
    mac: macOf(addresses[0] ?? ''),
  });
}

/** Unplugs the node; its `eth0` is gone. */
export function detachNode({ lanNetns, nodeName }: Pick<NodePlug, 'lanNetns' | 'nodeName'>): void {
  withSocket(lanNetns, (lan) => deleteLink(lan, portOf(nodeName)));
}

export interface HostPlug {
  lanNetns: string;
  /** Of the link on the host. */
  name: string;
  addresses: readonly string[];
  /** A file that holds the host's namespace open; by default the one that this process is in. */
  hostNetns?: string;
}

/**
 * Plugs the host into the LAN by one link; of the host nothing else changes. A host without IPv6, as many
 * containers are, has no address of it there either.
 */
export function joinHost({ lanNetns, name, addresses, hostNetns }: HostPlug): void {
  const netns = hostNetns ?? '/proc/thread-self/ns/net';
  const hasIPv6 = inNamespace(netns, () => readSysctl('net.ipv6.conf.default.disable_ipv6')) === '0';
  const usable = addresses.filter((address) => familyOf(address) === 4 || hasIPv6);
  plugIn(lanNetns, hostPort, { netns, name, addresses: usable });
}

/** Nothing happens if the host has no link of this name. */
export function leaveHost(name: string, hostNetns?: string): void {
  withSocket(hostNetns, (host) => deleteLink(host, name));
}

interface OuterEnd {
  netns: string;
  name: string;
  mac?: string;
  addresses: readonly string[];
}

/** A locally administered address that carries the last four bytes of an IP address. */
const macOf = (address: string): string => {
  const bytes = addressBytes(parseAddress(address.split('/')[0] ?? ''));
  return ['02', '53', ...[...bytes.subarray(-4)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
};

function plugIn(lanNetns: string, port: string, { netns, name, mac, addresses }: OuterEnd): void {
  const outside = openSync(netns, 'r');
  try {
    withSocket(lanNetns, (lan) => {
      deleteLink(lan, port);
      lan.send(addVeth({ name: port, master: indexOf(lan, bridge) }, { name, ...(mac && { mac }) }, outside));
      lan.send(setLink(indexOf(lan, port), { up: true }));
    });
    withSocket(netns, (end) => {
      const link = indexOf(end, name);
      end.send(
        ...addresses.map((address) => withPrefix(link, address)),
        setLink(link, { up: true }),
        setLink(loopback, { up: true }),
      );
    });
  } finally {
    closeSync(outside);
  }
}

/** Names of the nodes and the host that are plugged in, as the bridge's ports have them. */
export function pluggedIn(lanNetns: string): string[] {
  return withSocket(lanNetns, (lan) =>
    listLinks(lan)
      .filter(({ master }) => master !== undefined)
      .map(({ name }) => name),
  );
}

/** The node's own name where an interface may be called so. */
function portOf(nodeName: string): string {
  if (nodeName.length <= maxLinkName && nodeName !== hostPort && nodeName !== bridge) return nodeName;
  return `node${createHash('sha1').update(nodeName).digest('hex').slice(0, 11)}`;
}

function withPrefix(link: number, text: string): Request {
  const [address = '', prefix = familyOf(text) === 4 ? '32' : '128'] = text.split('/');
  return addAddress({ link, address, prefix: Number(prefix) });
}

function indexOf(socket: Netlink, name: string): number {
  const link = findLink(socket, name);
  if (!link) throw new Error(`Cannot find link ${name}`);
  return link.index;
}

function withSocket<Result>(netns: string | undefined, action: (socket: Netlink) => Result): Result {
  const socket = netlink(netns);
  try {
    return action(socket);
  } finally {
    socket.close();
  }
}
