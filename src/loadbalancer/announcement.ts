/** Frames that tell everybody on the link who has an address now. Pure. */
import { addressBytes, familyOf, parseAddress } from '../lib/ip.ts';

const bytesOf = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');

export const announcementOf = (address: string, mac: string): Buffer =>
  familyOf(address) === 4
    ? gratuitousArp(address, bytesOf(mac))
    : unsolicitedAdvertisement(address, bytesOf(mac));

/** RFC 5227, 3: a request for one's own address. */
function gratuitousArp(address: string, mac: Buffer): Buffer {
  const ip = addressBytes(parseAddress(address));
  const ethernet = Buffer.concat([Buffer.alloc(6, 0xff), mac, Buffer.from('0806', 'hex')]);
  // Ethernet, IPv4, six and four bytes, request.
  const arp = Buffer.concat([Buffer.from('0001080006040001', 'hex'), mac, ip, Buffer.alloc(6), ip]);
  return Buffer.concat([ethernet, arp]);
}

const allNodes = addressBytes(parseAddress('ff02::1'));
const allNodesMac = Buffer.from('333300000001', 'hex');
const ICMPV6 = 58;
/** A node is a router, nobody asked, and what was known before is wrong (RFC 4861, 4.4 and 7.2.6). */
const flags = 0x80000000 | 0x20000000;

function unsolicitedAdvertisement(address: string, mac: Buffer): Buffer {
  const source = addressBytes(parseAddress(address));
  const message = Buffer.alloc(32);
  message[0] = 136;
  message.writeUInt32BE(flags >>> 0, 4);
  message.set(source, 8);
  // Option: target link-layer address, eight bytes.
  message.set([2, 1, ...mac], 24);
  message.writeUInt16BE(checksumOf(source, allNodes, message), 2);
  const header = Buffer.alloc(8);
  header[0] = 0x60;
  header.writeUInt16BE(message.length, 4);
  header.set([ICMPV6, 255], 6);
  return Buffer.concat([allNodesMac, mac, Buffer.from('86dd', 'hex'), header, source, allNodes, message]);
}

/** RFC 4443, 2.3: over the pseudo-header too. */
function checksumOf(source: Buffer, destination: Buffer, message: Buffer): number {
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(message.length, 0);
  pseudo[7] = ICMPV6;
  const all = Buffer.concat([source, destination, pseudo, message]);
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) sum += all.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
