/** Permanent neighbour entries: who has which address on a link is written down, so that nobody asks (rtnetlink, `RTM_NEWNEIGH`). */
import { addressBytes, parseAddress } from '../../ip.ts';
import { flag, mac, type Request } from './message.ts';

const RTM_NEWNEIGH = 28;
const NDA = { DST: 1, LLADDR: 2 } as const;
const NUD_PERMANENT = 0x80;
const AF = { 4: 2, 6: 10 } as const;

export interface Neighbour {
  link: number;
  address: string;
  mac: string;
}

export function addNeighbour(neighbour: Neighbour): Request {
  const address = parseAddress(neighbour.address);
  const fixed = Buffer.alloc(12);
  fixed.set([AF[address.family]]);
  fixed.writeInt32LE(neighbour.link, 4);
  fixed.writeUInt16LE(NUD_PERMANENT, 8);
  return {
    what: `add the neighbour ${neighbour.address}`,
    type: RTM_NEWNEIGH,
    flags: flag.CREATE | flag.REPLACE,
    fixed,
    attributes: [
      [NDA.DST, addressBytes(address)],
      [NDA.LLADDR, mac(neighbour.mac)],
    ],
  };
}
