/** The socket by which agents tell each other that they live. */
import dgram from 'node:dgram';
import { canonical, familyOf } from '../lib/ip.ts';
import { connectIn, socketIn } from '../lib/linux/sockets.ts';
import { logger } from '../lib/log.ts';

const log = logger('loadbalancer');

/** UDP, on every node. */
export const heartbeatPort = 10_183;
const askTimeoutMs = 350;

export interface PeerSocket {
  send(datagram: Buffer, to: Iterable<string>): void;
  close(): void;
}

export interface PeerSocketOptions {
  /** The node's own address. */
  address: string;
  link: string;
  netns: string | undefined;
  heard: (from: string, datagram: Buffer) => void;
}

/** Throws when the port is taken. */
export function openPeerSocket({ address, link, netns, heard }: PeerSocketOptions): PeerSocket {
  const family = familyOf(address);
  const bind = { address, port: heartbeatPort };
  const fd = socketIn(netns, { type: 'udp', family, bind, onLink: link });
  const socket = dgram.createSocket({
    type: `udp${family}`,
    // Peers are addresses: nothing is to be looked up.
    lookup: (host, _options, found) => found(null, host, family),
  });
  socket.on('error', (err) => log.warn({ err: String(err) }, 'heartbeats are disturbed'));
  socket.on('message', (datagram, from) => heard(canonical(from.address), datagram));
  socket.bind({ fd });
  return {
    send(datagram, to) {
      // Who cannot be reached now is not heard either.
      for (const peer of to) socket.send(datagram, heartbeatPort, peer, () => {});
    },
    close: () => socket.close(),
  };
}

/** Nobody listens there by TCP: the kernel itself says so, if it is there to say anything. */
export async function hasKernel(netns: string | undefined, address: string): Promise<boolean> {
  try {
    (await connectIn(netns, address, heartbeatPort, { timeoutMs: askTimeoutMs })).destroy();
    return true;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
}
