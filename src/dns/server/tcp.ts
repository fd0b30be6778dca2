/** DNS over TCP (RFC 7766) and over TLS (RFC 7858): messages with their length before them, as many as a client likes. */
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Asker, Next, TlsOptions } from '../contract.ts';
import { answerPacket } from './answer.ts';
import { anyAddress, type Listener, unmapped } from './listener.ts';

export interface TcpOptions {
  /** A connection on which nothing comes for so long is closed (RFC 7766 section 6.2.3). */
  idleMs?: number;
  mostConnections?: number;
  /** Questions of one connection under way at once; no more are read until one is answered. */
  mostUnderWay?: number;
  tls?: TlsOptions | undefined;
}

interface Limits {
  idleMs: number;
  mostUnderWay: number;
}

export async function listenTcp(port: number, ask: Next, options: TcpOptions = {}): Promise<Listener> {
  const { idleMs = 10_000, mostConnections = 1_000, mostUnderWay = 100 } = options;
  const open = new Set<net.Socket>();
  const accept = (socket: net.Socket) => {
    if (socket instanceof tls.TLSSocket && !isWelcome(socket, options.tls)) socket.destroy();
    else serve(socket, ask, { idleMs, mostUnderWay });
  };
  let secure: tls.Server | undefined;
  const server = await anyAddress(async (address) => {
    secure = options.tls && tls.createServer({ ...options.tls, handshakeTimeout: idleMs }, accept);
    secure?.on('tlsClientError', (_err, socket) => socket.destroy());
    const made = secure ?? net.createServer({ noDelay: true }, accept);
    made.maxConnections = mostConnections;
    made.on('connection', (socket: net.Socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => socket.destroy());
    });
    made.listen({ port, host: address });
    await once(made, 'listening');
    return made;
  });
  server.on('error', () => {});
  return {
    port: (server.address() as net.AddressInfo).port,
    useTls: (next) => secure?.setSecureContext(next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function isWelcome(socket: tls.TLSSocket, { clientMust }: TlsOptions = {}): boolean {
  const hasCertificate = socket.getPeerX509Certificate() !== undefined;
  if (clientMust === 'show one') return hasCertificate;
  return clientMust === undefined || !hasCertificate || socket.authorized;
}

/** Questions may follow each other without waiting (RFC 7766 section 6.2.1.1); each answer goes out when it is there. */
function serve(socket: net.Socket, ask: Next, { idleMs, mostUnderWay }: Limits): void {
  const client: Asker = {
    address: unmapped(socket.remoteAddress ?? ''),
    port: socket.remotePort ?? 0,
    protocol: 'tcp',
  };
  const split = splitter();
  let underWay = 0;
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  /** A client that sends and does not read, or asks more than can be answered, is not read either. */
  const pace = () => {
    if (socket.writableNeedDrain || underWay >= mostUnderWay) socket.pause();
    else socket.resume();
  };
  socket.on('drain', pace);
  const send = (answer: Buffer | undefined) => {
    if (!answer) return void socket.destroy();
    if (!socket.writable) return;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(answer.length);
    socket.write(Buffer.concat([length, answer]));
  };
  socket.on('data', (chunk: Buffer) => {
    for (const packet of split(chunk)) {
      const answer = answerPacket(packet, client, ask);
      if (!(answer instanceof Promise)) {
        send(answer);
        continue;
      }
      underWay++;
      void answer
        .then(send)
        .catch(() => socket.destroy())
        .finally(() => {
          underWay--;
          pace();
        });
    }
    pace();
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
