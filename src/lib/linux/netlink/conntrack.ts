/**
 * Connections that the kernel tracks (nfnetlink, ctnetlink). A UDP flow has no end: one that was sent to
 * an endpoint that is gone goes on being sent there until its entry is deleted.
 */
import {
  type Address,
  addressBytes,
  addressFromBytes,
  canonical,
  formatAddress,
  parseAddress,
} from '../../ip.ts';
import { type Attribute, decodeAttributes, type Request, u8, u16be, u32 } from './message.ts';
import { type Netlink, sendDeletion } from './socket.ts';

const SUBSYSTEM_CTNETLINK = 1;
const IPCTNL_MSG_CT = { GET: 1, DELETE: 2 } as const;
const CTA = { TUPLE_ORIG: 1, TUPLE_REPLY: 2, ID: 12, FILTER: 25 } as const;
const CTA_TUPLE = { IP: 1, PROTO: 2 } as const;
const CTA_IP = { 4: { SRC: 1, DST: 2 }, 6: { SRC: 3, DST: 4 } } as const;
const CTA_PROTO = { NUM: 1, SRC_PORT: 2, DST_PORT: 3 } as const;
const CTA_FILTER = { ORIG_FLAGS: 1, REPLY_FLAGS: 2 } as const;
/** Which parts of a tuple a filter looks at (`CTA_FILTER_F_…`). */
const FILTER_BY = { IP_SRC: 1, PROTO_NUM: 8, SRC_PORT: 16, DST_PORT: 32 } as const;
const AF = { 4: 2, 6: 10 } as const;
const IPPROTO_UDP = 17;

export interface UdpFlow {
  /** Where the client sent it: a Service's address. */
  originalDestination: { address: string; port: number };
  /** Who answers: the endpoint. */
  replySource: { address: string; port: number };
}

/** The UDP flows to choose from: those with one original destination port, or those that one endpoint answers. */
export type UdpFilter =
  | { family: 4 | 6; originalPort: number }
  | { replySource: { address: string; port: number } };

const nfgenmsg = (family: 4 | 6): Buffer => Buffer.from([AF[family], 0, 0, 0]);

const typeOf = (message: number): number => (SUBSYSTEM_CTNETLINK << 8) | message;

/** The kernel does the choosing (Linux 5.8 and later), as tables are long and matches few. */
export function dumpUdpFlows(filter: UdpFilter): Request {
  const message = { what: 'list tracked UDP flows', type: typeOf(IPCTNL_MSG_CT.GET), flags: 0 };
  if ('originalPort' in filter)
    return { ...message, fixed: nfgenmsg(filter.family), attributes: byOriginalPort(filter.originalPort) };
  const address = parseAddress(filter.replySource.address);
  return {
    ...message,
    fixed: nfgenmsg(address.family),
    attributes: byReplySource(address, filter.replySource.port),
  };
}

function byOriginalPort(port: number): Attribute[] {
  const by = FILTER_BY.PROTO_NUM | FILTER_BY.DST_PORT;
  const protocol = [
    CTA_TUPLE.PROTO,
    [
      [CTA_PROTO.NUM, u8(IPPROTO_UDP)],
      [CTA_PROTO.DST_PORT, u16be(port)],
    ],
  ] as const;
  return [
    [CTA.TUPLE_ORIG, [protocol]],
    [CTA.FILTER, [[CTA_FILTER.ORIG_FLAGS, u32(by)]]],
  ];
}

function byReplySource(address: Address, port: number): Attribute[] {
  // The kernel's filter takes exactly the other IPv6 addresses (`ctnetlink_filter_match_tuple`): there the port has to do.
  const byAddress = address.family === 4 ? FILTER_BY.IP_SRC : 0;
  const by = byAddress | FILTER_BY.PROTO_NUM | FILTER_BY.SRC_PORT;
  const ip = [CTA_TUPLE.IP, [[CTA_IP[address.family].SRC, addressBytes(address)]]] as const;
  const protocol = [
    CTA_TUPLE.PROTO,
    [
      [CTA_PROTO.NUM, u8(IPPROTO_UDP)],
      [CTA_PROTO.SRC_PORT, u16be(port)],
    ],
  ] as const;
  return [
    [CTA.TUPLE_REPLY, [ip, protocol]],
    [CTA.FILTER, [[CTA_FILTER.REPLY_FLAGS, u32(by)]]],
  ];
}

/**
 * Deletes the tracked UDP flows that match, and tells how many. The socket is one of `protocol.NETFILTER`.
 * `also` narrows the choice further.
 */
export function deleteUdpFlows(
  socket: Netlink,
  filter: UdpFilter,
  also: (flow: UdpFlow) => boolean = () => true,
): number {
  let deleted = 0;
  for (const { body } of socket.dump(dumpUdpFlows(filter))) {
    const family = body[0] === AF[4] ? 4 : 6;
    const attributes = decodeAttributes(body.subarray(4));
    const [original, reply] = [attributes.get(CTA.TUPLE_ORIG), attributes.get(CTA.TUPLE_REPLY)];
    const id = attributes.get(CTA.ID);
    if (!original || !reply || !id) continue;
    const flow = flowOf(family, original, reply);
    if (!isAnsweredBy(filter, flow) || !also(flow)) continue;
    sendDeletion(socket, {
      what: 'delete a tracked UDP flow',
      type: typeOf(IPCTNL_MSG_CT.DELETE),
      flags: 0,
      fixed: nfgenmsg(family),
      attributes: [
        [CTA.TUPLE_ORIG, original],
        [CTA.ID, id],
      ],
    });
    deleted++;
  }
  return deleted;
}

const isAnsweredBy = (filter: UdpFilter, { replySource }: UdpFlow): boolean =>
  !('replySource' in filter) || canonical(filter.replySource.address) === replySource.address;

function flowOf(family: 4 | 6, original: Buffer, reply: Buffer): UdpFlow {
  return {
    originalDestination: end(original, CTA_IP[family].DST, CTA_PROTO.DST_PORT),
    replySource: end(reply, CTA_IP[family].SRC, CTA_PROTO.SRC_PORT),
  };
}

function end(tuple: Buffer, ipAttribute: number, portAttribute: number): { address: string; port: number } {
  const parts = decodeAttributes(tuple);
  const ip = decodeAttributes(parts.get(CTA_TUPLE.IP) ?? Buffer.alloc(0)).get(ipAttribute);
  const port = decodeAttributes(parts.get(CTA_TUPLE.PROTO) ?? Buffer.alloc(0)).get(portAttribute);
  return { address: ip ? formatAddress(addressFromBytes(ip)) : '', port: port?.readUInt16BE(0) ?? 0 };
}
