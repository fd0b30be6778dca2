/** Addresses of interfaces (rtnetlink, `RTM_*ADDR`). */
import { addressBytes, addressFromBytes, familyOf, formatAddress, parseAddress } from '../../ip.ts';
import { type Attribute, decodeAttributes, flag, type Request, u8, u32 } from './message.ts';
import { type Netlink, sendDeletion } from './socket.ts';

const RTM = { NEW: 20, DELETE: 21, GET: 22 } as const;
const IFA = { ADDRESS: 1, LOCAL: 2, CACHEINFO: 6, FLAGS: 8, PROTO: 11 } as const;
const IFA_F_NODAD = 0x02;
const IFA_F_NOPREFIXROUTE = 0x200;
const forever = 0xffff_ffff;
const AF = { 4: 2, 6: 10 } as const;
export const scope = { universe: 0, link: 253, host: 254 } as const;

export interface InterfaceAddress {
  link: number;
  /** `10.244.0.5` */
  address: string;
  prefix: number;
  scope?: keyof typeof scope;
  /** Who made it, as a number of one's own (`IFA_PROTO`). */
  protocol?: number;
}

/** Nothing changes if the address is there already. */
export const addAddress = (at: InterfaceAddress): Request =>
  // Without NODAD an IPv6 address cannot be used for about a second (RFC 4862, 5.4).
  request('add', RTM.NEW, at, familyOf(at.address) === 6 ? [[IFA.FLAGS, u32(IFA_F_NODAD)]] : []);

/**
 * An address at which packets are taken, and which nothing that this machine sends of itself comes from: of
 * IPv4 because no packet that leaves may come from an address of scope host, of IPv6 because it is
 * deprecated (RFC 6724, 5, rule 3).
 */
export function addTarget(at: Omit<InterfaceAddress, 'prefix' | 'scope'>): Request {
  if (familyOf(at.address) === 4) return request('add', RTM.NEW, { ...at, prefix: 32, scope: 'host' }, []);
  return request('add', RTM.NEW, { ...at, prefix: 128 }, [
    [IFA.FLAGS, u32(IFA_F_NODAD | IFA_F_NOPREFIXROUTE)],
    [IFA.CACHEINFO, Buffer.concat([u32(0), u32(forever), u32(0), u32(0)])],
  ]);
}

/** Nothing happens if the address is not there. */
export function deleteAddress(socket: Netlink, at: InterfaceAddress): void {
  sendDeletion(socket, request('delete', RTM.DELETE, at, []));
}

function request(
  verb: 'add' | 'delete',
  type: number,
  at: InterfaceAddress,
  more: readonly Attribute[],
): Request {
  const address = parseAddress(at.address);
  const bytes = addressBytes(address);
  const fixed = Buffer.alloc(8);
  fixed.set([AF[address.family], at.prefix, 0, scope[at.scope ?? 'universe']]);
  fixed.writeUInt32LE(at.link, 4);
  return {
    what: `${verb} address ${at.address}/${at.prefix}`,
    type,
    flags: verb === 'add' ? flag.CREATE | flag.REPLACE : 0,
    fixed,
    attributes: [
      [IFA.LOCAL, bytes],
      [IFA.ADDRESS, bytes],
      ...(at.protocol === undefined ? [] : [[IFA.PROTO, u8(at.protocol)] as const]),
      ...more,
    ],
  };
}

export function listAddresses(socket: Netlink): InterfaceAddress[] {
  const fixed = Buffer.alloc(8);
  const answers = socket.dump({ what: 'list addresses', type: RTM.GET, flags: 0, fixed, attributes: [] });
  return answers.map(({ body }) => {
    const attributes = decodeAttributes(body.subarray(8));
    const bytes = attributes.get(IFA.LOCAL) ?? attributes.get(IFA.ADDRESS) ?? Buffer.alloc(4);
    const protocol = attributes.get(IFA.PROTO)?.[0];
    const named = (Object.keys(scope) as (keyof typeof scope)[]).find((name) => scope[name] === body[3]);
    return {
      link: body.readUInt32LE(4),
      address: formatAddress(addressFromBytes(bytes)),
      prefix: body[1] ?? 0,
      ...(named && { scope: named }),
      ...(protocol && { protocol }),
    };
  });
}
