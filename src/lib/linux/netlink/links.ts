/** Interfaces: veth pairs, bridges, and their settings (rtnetlink, `RTM_*LINK`). */
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  flag,
  mac,
  type Request,
  text,
  textOf,
  u8,
  u32,
} from './message.ts';
import { isMissing, type Netlink, sendDeletion } from './socket.ts';

const RTM = { NEW: 16, DELETE: 17, GET: 18 } as const;
const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4, MASTER: 10, LINKINFO: 18, NET_NS_FD: 28 } as const;
const IFLA_INFO = { KIND: 1, DATA: 2 } as const;
const VETH_INFO_PEER = 1;
const IFLA_BR_MCAST_SNOOPING = 23;
const IFF_UP = 1;
/** The longest name that an interface may have. */
export const maxLinkName = 15;

export interface Link {
  index: number;
  name: string;
  mac: string;
  mtu: number;
  up: boolean;
  /** Index of the bridge that it is a port of. */
  master?: number;
}

export interface VethEnd {
  name: string;
  /** Chosen by the caller where neighbours are written down instead of asked for. */
  mac?: string;
  index?: number;
  mtu?: number;
  master?: number;
}

function ifinfo(index: number, up?: boolean): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt32LE(up ? IFF_UP : 0, 8);
  bytes.writeUInt32LE(up === undefined ? 0 : IFF_UP, 12);
  return bytes;
}

function endAttributes(end: VethEnd): Attribute[] {
  return [
    [IFLA.IFNAME, text(end.name)],
    ...(end.mac ? [[IFLA.ADDRESS, mac(end.mac)] as const] : []),
    ...(end.mtu ? [[IFLA.MTU, u32(end.mtu)] as const] : []),
    ...(end.master ? [[IFLA.MASTER, u32(end.master)] as const] : []),
  ];
}

/** A veth pair: one end here, its peer made directly in the namespace that the descriptor `peerNetns` stands for. Both are down. */
export function addVeth(end: VethEnd, peer: VethEnd, peerNetns?: number): Request {
  const peerAttributes = [
    ...endAttributes(peer),
    ...(peerNetns === undefined ? [] : [[IFLA.NET_NS_FD, u32(peerNetns)] as const]),
  ];
  return {
    what: `create the veth pair ${end.name}, ${peer.name}`,
    type: RTM.NEW,
    flags: flag.CREATE | flag.EXCL,
    fixed: ifinfo(end.index ?? 0),
    attributes: [
      ...endAttributes(end),
      [
        IFLA.LINKINFO,
        [
          [IFLA_INFO.KIND, text('veth')],
          [IFLA_INFO.DATA, [[VETH_INFO_PEER, peerBody(peer, peerAttributes)]]],
        ],
      ],
    ],
  };
}

/** A peer is described by a message within the message: `ifinfomsg`, then attributes. */
function peerBody(peer: VethEnd, attributes: readonly Attribute[]): Uint8Array {
  return Buffer.concat([ifinfo(peer.index ?? 0), encodeAttributes(attributes)]);
}

/** Multicast snooping is off: without a querier it would lose IPv6 neighbour discovery. */
export function addBridge(name: string): Request {
  return {
    what: `create the bridge ${name}`,
    type: RTM.NEW,
    flags: flag.CREATE | flag.EXCL,
    fixed: ifinfo(0),
    attributes: [
      [IFLA.IFNAME, text(name)],
      [
        IFLA.LINKINFO,
        [
          [IFLA_INFO.KIND, text('bridge')],
          [IFLA_INFO.DATA, [[IFLA_BR_MCAST_SNOOPING, u8(0)]]],
        ],
      ],
    ],
  };
}

export interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  name?: string;
  /** 0 takes it out of its bridge. */
  master?: number;
}

export function setLink(index: number, change: LinkChange): Request {
  return {
    what: `change link ${index}`,
    type: RTM.NEW,
    flags: 0,
    fixed: ifinfo(index, change.up),
    attributes: [
      ...(change.name ? [[IFLA.IFNAME, text(change.name)] as const] : []),
      ...(change.mac ? [[IFLA.ADDRESS, mac(change.mac)] as const] : []),
      ...(change.mtu ? [[IFLA.MTU, u32(change.mtu)] as const] : []),
      ...(change.master === undefined ? [] : [[IFLA.MASTER, u32(change.master)] as const]),
    ],
  };
}

/** The other end of a veth pair goes with it. Nothing happens if there is no such link. */
export function deleteLink(socket: Netlink, name: string): void {
  sendDeletion(socket, byName('delete', RTM.DELETE, name));
}

const byName = (what: string, type: number, name: string): Request => ({
  what: `${what} link ${name}`,
  type,
  flags: 0,
  fixed: ifinfo(0),
  attributes: [[IFLA.IFNAME, text(name)]],
});

/** The link of this name, if there is one. */
export function findLink(socket: Netlink, name: string): Link | undefined {
  try {
    return decodeLink(socket.get(byName('find', RTM.GET, name)).body);
  } catch (err) {
    if (isMissing(err)) return undefined;
    throw err;
  }
}

export function listLinks(socket: Netlink): Link[] {
  const answers = socket.dump({
    what: 'list links',
    type: RTM.GET,
    flags: 0,
    fixed: ifinfo(0),
    attributes: [],
  });
  return answers.map(({ body }) => decodeLink(body));
}

function decodeLink(body: Buffer): Link {
  const attributes = decodeAttributes(body.subarray(16));
  const master = attributes.get(IFLA.MASTER)?.readUInt32LE(0);
  return {
    index: body.readInt32LE(4),
    up: (body.readUInt32LE(8) & IFF_UP) !== 0,
    name: textOf(attributes.get(IFLA.IFNAME)),
    mac:
      attributes
        .get(IFLA.ADDRESS)
        ?.toString('hex')
        .replace(/..(?=.)/g, '$&:') ?? '',
    mtu: attributes.get(IFLA.MTU)?.readUInt32LE(0) ?? 0,
    ...(master && { master }),
  };
}
