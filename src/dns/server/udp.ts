import dgram from 'node:dgram';
import { once } from 'node:events';
import type { Next } from '../contract.ts';
import { answerPacket } from './answer.ts';
import { anyAddress, type Listener } from './listener.ts';

/** Room for bursts; the kernel gives as much of it as it allows. */
const receiveBufferBytes = 4 << 20;

export async function listenUdp(port: number, ask: Next): Promise<Listener> {
  const socket = await anyAddress((address) => bind(port, address));
  socket.on('message', (packet, { address, port: from }) => {
    const answer = answerPacket(packet, { address: unmapped(address), port: from, protocol: 'udp' }, ask);
    if (answer === undefined) return;
    // Failed sends are the client's loss alone: it asks again.
    const send = (bytes: Buffer) => socket.send(bytes, from, address, () => {});
    if (answer instanceof Promise) void answer.then(send).catch(() => {});
    else send(answer);
  });
  socket.on('error', () => {});
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

async function bind(port: number, address: string): Promise<dgram.Socket> {
  const isIpv6 = address.includes(':');
  const socket = dgram.createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    // Clients come with addresses, which need no look-up.
    lookup: (host, _options, done) => done(null, host, isIpv6 ? 6 : 4),
  });
  // With such a look-up it may listen at once.
  const listening = once(socket, 'listening');
  socket.bind({ port, address, exclusive: true });
  await listening;
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
  } catch {
    // The default will do.
  }
  return socket;
}

/** IPv4 clients of a socket for both families: `::ffff:10.0.0.1` → `10.0.0.1`. */
export const unmapped = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address;
