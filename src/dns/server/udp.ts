import dgram from 'node:dgram';
import { once } from 'node:events';
import type { Asker, Next } from '../contract.ts';
import { answerPacket, ownUdpSize } from './answer.ts';
import type { KeptAnswers } from './kept.ts';
import { anyAddress, type Listener, unmapped } from './listener.ts';
import { type Drain, drainer } from './udpBatch.ts';

/** Room for bursts; the kernel gives as much of it as it allows. */
const receiveBufferBytes = 4 << 20;
/** A server that hears more than so many in a second takes what waits in batches from then on. */
const manyPerSecond = 1_000;

export async function listenUdp(port: number, ask: Next, kept?: KeptAnswers): Promise<Listener> {
  const socket = await anyAddress((address) => bind(port, address));
  const own = socket.address().port;
  const answer = (packet: Buffer, client: Asker) => answerPacket(packet, client, ask, kept?.keep);
  const scratch = Buffer.alloc(ownUdpSize);
  let isOpen = true;
  let drain: Drain | undefined;
  let heard = 0;
  const counting = setInterval(() => {
    heard = 0;
  }, 1_000).unref();

  // Failed sends are the client's loss alone: it asks again.
  const send = (bytes: Buffer | undefined, to: number, address: string) => {
    if (bytes && isOpen) socket.send(bytes, to, address, () => {});
  };

  socket.on('message', (packet, { address, port: from }) => {
    const length = kept?.answer(packet, 0, packet.length, scratch, 0, address.includes('.') ? 4 : 6) ?? 0;
    if (length > 0) send(Buffer.from(scratch.subarray(0, length)), from, address);
    else {
      const reply = answer(packet, { address: unmapped(address), port: from, protocol: 'udp' });
      if (reply instanceof Promise) void reply.then((bytes) => send(bytes, from, address)).catch(() => {});
      else send(reply, from, address);
    }
    if (kept && ++heard > manyPerSecond) drain ??= drainer(own, kept, answer, send);
    drain?.();
  });
  socket.on('error', () => {});
  return {
    port: own,
    async close() {
      isOpen = false;
      clearInterval(counting);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
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
