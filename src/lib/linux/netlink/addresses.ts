/** Addresses of interfaces (rtnetlink, `RTM_*ADDR`). */
import { addressBytes, addressFromBytes, formatAddress, parseAddress } from '../../ip.ts';
import { decodeAttributes, flag, type Request, u32 } from './message.ts';
import type { Netlink } from './socket.ts';

const RTM = { NEW: 20, GET: 22 } as const;
const IFA = { ADDRESS: 1, LOCAL: 2, FLAGS: 8 } as const;
const IFA_F_NODAD = 0x02;
const AF = { 4: 2, 6: 10 } as const;
export const scope = { universe: 0, link: 253, host: 254 } as const;

export interface InterfaceAddress {
  link: number;
  /** `10.244.0.5` */
  address: string;
  prefix: number;
  scope?: keyof typeof scope;
}

/** Nothing changes if the address is there already. */
export function addAddress(at: InterfaceAddress): Request {
  const address = parseAddress(at.address);
  const bytes = addressBytes(address);
  const fixed = Buffer.alloc(8);
  fixed.set([AF[address.family], at.prefix, 0, scope[at.scope ?? 'universe']]);
  fixed.writeUInt32LE(at.link, 4);
  return {
    what: `add address ${at.address}/${at.prefix}`,
    type: RTM.NEW,
    flags: flag.CREATE | flag.REPLACE,
    fixed,
    attributes: [
      [IFA.LOCAL, bytes],
      [IFA.ADDRESS, bytes],
      // Without NODAD an IPv6 address cannot be used for about a second (RFC 4862, 5.4).
      ...(address.family === 6 ? [[IFA.FLAGS, u32(IFA_F_NODAD)] as const] : []),
    ],
  };
}

export function listAddresses(socket: Netlink): InterfaceAddress[] {
  const fixed = Buffer.alloc(8);
  const answers = socket.dump({ what: 'list addresses', type: RTM.GET, flags: 0, fixed, attributes: [] });
  return answers.map(({ body }) => {
    const attributes = decodeAttributes(body.subarray(8));
    const bytes = attributes.get(IFA.LOCAL) ?? attributes.get(IFA.ADDRESS) ?? Buffer.alloc(4);
    const named = (Object.keys(scope) as (keyof typeof scope)[]).find((name) => scope[name] === body[3]);
    return {
      link: body.readUInt32LE(4),
      address: formatAddress(addressFromBytes(bytes)),
      prefix: body[1] ?? 0,
      ...(named && { scope: named }),
    };
  });
}
