/** Routes of the main table (rtnetlink, `RTM_*ROUTE`). */
import {
  addressBytes,
  addressFromBytes,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from '../../ip.ts';
import { scope } from './addresses.ts';
import { type Attribute, decodeAttributes, flag, type Request, u32 } from './message.ts';
import { type Netlink, sendDeletion } from './socket.ts';

const RTM = { NEW: 24, DELETE: 25, GET: 26 } as const;
const RTA = { DST: 1, OIF: 4, GATEWAY: 5, PREFSRC: 7, TABLE: 15 } as const;
const AF = { 4: 2, 6: 10 } as const;
const RT_TABLE_MAIN = 254;
const RTN = { unicast: 1, unreachable: 7 } as const;
const RTNH_F_ONLINK = 4;
const RT_SCOPE_NOWHERE = 255;

/** Marks our routes, so that they are told from others' (`ip route show proto 183`). */
const ourRouteProtocol = 183;

export interface Route {
  /** `10.244.1.0/24`; `0.0.0.0/0` and `::/0` are the default routes. */
  destination: string;
  /** Packets are refused with an ICMP error; no link and gateway then. */
  unreachable?: boolean;
  link?: number;
  gateway?: string;
  /** The source address of what this machine itself sends there. */
  source?: string;
}

function message(type: number, flags: number, what: string, route: Route): Request {
  const to = parseCidr(route.destination);
  const fixed = Buffer.alloc(12);
  const reach = route.gateway || to.family === 6 ? scope.universe : scope.link;
  const kind = route.unreachable ? RTN.unreachable : RTN.unicast;
  fixed.set([
    AF[to.family],
    to.prefix,
    0,
    0,
    RT_TABLE_MAIN,
    ourRouteProtocol,
    route.unreachable ? 0 : reach,
    kind,
  ]);
  // A gateway such as 169.254.1.1 stands in no range of its link.
  if (route.gateway) fixed.writeUInt32LE(RTNH_F_ONLINK, 8);
  const address = (kindOf: number, value: string): Attribute => [kindOf, addressBytes(parseAddress(value))];
  return {
    what: `${what} to ${route.destination}`,
    type,
    flags,
    fixed,
    attributes: [
      ...(to.prefix > 0 ? [[RTA.DST, addressBytes({ family: to.family, value: to.base })] as const] : []),
      ...(route.link ? [[RTA.OIF, u32(route.link)] as const] : []),
      ...(route.gateway ? [address(RTA.GATEWAY, route.gateway)] : []),
      ...(route.source ? [address(RTA.PREFSRC, route.source)] : []),
    ],
  };
}

/** Adds the route, or puts it in the place of the one to the same destination. */
export const replaceRoute = (route: Route): Request =>
  message(RTM.NEW, flag.CREATE | flag.REPLACE, 'add the route', route);

/** Nothing happens if there is no such route. */
export function deleteRoute(socket: Netlink, destination: string): void {
  const request = message(RTM.DELETE, 0, 'delete the route', { destination });
  // Of any scope and type, but one of ours.
  const fixed = Buffer.from(request.fixed);
  fixed.set([RT_SCOPE_NOWHERE, 0], 6);
  sendDeletion(socket, { ...request, fixed });
}

/** Our own routes of the main table. */
export function listRoutes(socket: Netlink): Route[] {
  const fixed = Buffer.alloc(12);
  const answers = socket.dump({ what: 'list routes', type: RTM.GET, flags: 0, fixed, attributes: [] });
  return answers
    .filter(({ body }) => body[4] === RT_TABLE_MAIN && body[5] === ourRouteProtocol)
    .map(({ body }) => decodeRoute(body));
}

export function decodeRoute(body: Buffer): Route {
  const attributes = decodeAttributes(body.subarray(12));
  const family = body[0] === AF[4] ? 4 : 6;
  const address = (type: number) => {
    const bytes = attributes.get(type);
    return bytes && addressFromBytes(bytes);
  };
  const [gateway, source] = [address(RTA.GATEWAY), address(RTA.PREFSRC)];
  const link = attributes.get(RTA.OIF)?.readUInt32LE(0);
  const base = address(RTA.DST)?.value ?? 0n;
  const unreachable = body[7] === RTN.unreachable;
  return {
    destination: formatCidr({ family, base, prefix: body[1] ?? 0 }),
    ...(unreachable && { unreachable }),
    // IPv6 names the loopback link for unreachable routes.
    ...(link && !unreachable && { link }),
    ...(gateway && { gateway: formatAddress(gateway) }),
    ...(source && { source: formatAddress(source) }),
  };
}
