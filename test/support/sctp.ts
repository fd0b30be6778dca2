/** The first packet of an SCTP association, by raw sockets: kernels without SCTP still carry it (RFC 9260). */
import { closeSync } from 'node:fs';
import { anyAddress, familyOf } from '../../src/lib/ip.ts';
import { checked, libc } from '../../src/lib/linux/libc.ts';
import { inNamespace } from '../../src/lib/linux/namespaces.ts';
import { socketAddress } from '../../src/lib/linux/sockets.ts';

const AF = { 4: 2, 6: 10 } as const;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const IPPROTO_SCTP = 132;

const rawSocket = (netns: string, family: 4 | 6): number =>
  inNamespace(netns, () =>
    checked('open a raw socket', libc().socket(AF[family], SOCK_RAW_NONBLOCK_CLOEXEC, IPPROTO_SCTP)),
  );

/** Each a new association: an old one that met nobody is remembered for a while, and its packets go the same way. */
let nextPort = 5000;

/** Sends an INIT chunk from a port of its own. */
export function sendInit(netns: string, { address, port }: { address: string; port: number }): void {
  const family = familyOf(address);
  const fd = rawSocket(netns, family);
  try {
    const packet = initTo(port, nextPort++);
    // The port of a raw socket's address is nothing, or the protocol.
    const to = socketAddress(address, 0);
    checked('send an SCTP packet', libc().sendto(fd, packet, packet.length, 0, to, to.length));
  } finally {
    closeSync(fd);
  }
}

export interface Heard {
  /** Destination ports of the packets that came since the last call. */
  ports(): number[];
  close(): void;
}

export function hearSctp(netns: string, family: 4 | 6): Heard {
  const fd = rawSocket(netns, family);
  const any = socketAddress(anyAddress[family], 0);
  checked('bind a raw socket', libc().bind(fd, any, any.length));
  return {
    ports() {
      const found: number[] = [];
      const packet = Buffer.alloc(2048);
      while (libc().recv(fd, packet, packet.length, 0) > 0) {
        // Raw sockets of IPv4 alone give the header of IP too.
        const header = family === 4 ? ((packet[0] ?? 0) & 0xf) * 4 : 0;
        found.push(packet.readUInt16BE(header + 2));
      }
      return found;
    },
    close: () => closeSync(fd),
  };
}

function initTo(port: number, from: number): Buffer {
  const packet = Buffer.alloc(12 + 20);
  packet.writeUInt16BE(from, 0);
  packet.writeUInt16BE(port, 2);
  packet[12] = 1; // INIT
  packet.writeUInt16BE(20, 14);
  packet.writeUInt32BE(0x5b17c4, 16); // initiate tag
  packet.writeUInt32BE(65_536, 20); // receiver window
  packet.writeUInt16BE(1, 24); // streams out
  packet.writeUInt16BE(1, 26); // streams in
  // Connection tracking looks at the checksum before it believes.
  packet.writeUInt32LE(crc32c(packet), 8);
  return packet;
}

/** RFC 9260, appendix A. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
