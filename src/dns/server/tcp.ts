import { once } from 'node:events';
import net from 'node:net';
import type { Asker, Next } from '../contract.ts';
import { answerPacket } from './answer.ts';
import { anyAddress, type Listener } from './listener.ts';
import { unmapped } from './udp.ts';

export interface TcpLimits {
  /** A connection on which nothing comes for so long is closed (RFC 7766 section 6.2.3). */
  idleMs: number;
  mostConnections: number;
}

const defaults: TcpLimits = { idleMs: 10_000, mostConnections: 1_000 };

export async function listenTcp(port: number, ask: Next, limits: TcpLimits = defaults): Promise<Listener> {
  const open = new Set<net.Socket>();
  const server = await anyAddress(async (address) => {
    const made = net.createServer({ noDelay: true }, (socket) => serve(socket, ask, limits, open));
    made.maxConnections = limits.mostConnections;
    made.listen({ port, host: address });
    await once(made, 'listening');
    return made;
  });
  server.on('error', () => {});
  return {
    port: (server.address() as net.AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Questions may follow each other without waiting (RFC 7766 section 6.2.1.1); each answer goes out when it is there. */
function serve(socket: net.Socket, ask: Next, { idleMs }: TcpLimits, open: Set<net.Socket>): void {
  const client: Asker = {
    address: unmapped(socket.remoteAddress ?? ''),
    port: socket.remotePort ?? 0,
    protocol: 'tcp',
  };
  const split = splitter();
  open.add(socket);
  socket.on('close', () => open.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  // A client that sends and does not read is not read either.
  socket.on('drain', () => socket.resume());
  const send = (answer: Buffer) => {
    if (!socket.writable) return;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(answer.length);
    if (!socket.write(Buffer.concat([length, answer]))) socket.pause();
  };
  socket.on('data', (chunk: Buffer) => {
    for (const packet of split(chunk)) {
      const answer = answerPacket(packet, client, ask);
      if (answer instanceof Promise) void answer.then(send).catch(() => socket.destroy());
      else if (answer) send(answer);
      else return void socket.destroy();
    }
  });
}

/** Cuts a stream into messages by the two bytes of length before each (RFC 1035 section 4.2.2). */
export function splitter(): (chunk: Buffer) => Buffer[] {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const packets: Buffer[] = [];
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      packets.push(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
    return packets;
  };
}
