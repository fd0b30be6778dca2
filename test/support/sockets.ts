/**
 * Servers that say who they are and whom they see, and their callers. Their sockets are inside the network
 * namespaces of pods, nodes and the LAN, and so their packets are real; this process is at both ends.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, Socket as TcpSocket } from 'node:net';
import { anyAddress, familyOf } from '../../src/lib/ip.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';

export interface Listener {
  close(): void;
}

const everywhere = (port: number) => ({ bind: { address: '::', port }, dualStack: true, family: 6 as const });
/** IPv4 clients of a socket of both families are seen as `::ffff:10.244.0.5`. */
const plain = (address: string | undefined) => String(address).replace('::ffff:', '');

/** Answers every connection, over both families, with its name and the address that it sees: `one 10.244.0.5`. */
export async function answerTcp(netns: string, port: number, name: string): Promise<Listener> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(`${name} ${plain(socket.remoteAddress)}`);
  });
  server.listen({ fd: socketIn(netns, { type: 'tcp', ...everywhere(port) }) });
  await once(server, 'listening');
  return { close: () => server.close() };
}

/** Answers every datagram so. */
export async function answerUdp(netns: string, port: number, name: string): Promise<Listener> {
  const socket = await udpSocket(socketIn(netns, { type: 'udp', ...everywhere(port) }), 6);
  socket.on('message', (_, { address, port: from }) =>
    socket.send(`${name} ${plain(address)}`, from, address),
  );
  return { close: () => socket.close() };
}

export interface Target {
  address: string;
  port: number;
  protocol?: 'tcp' | 'udp';
}

export interface CallOptions {
  /** The client's own address. */
  from?: string;
  /** How long to wait for an answer; it is long, because nothing should be silent. */
  waitMs?: number;
}

/** What is answered, or why nothing is: `ECONNREFUSED`, `no answer`. A new connection, or a new port, every time. */
export async function call(
  netns: string | undefined,
  { address, port, protocol = 'tcp' }: Target,
  { from, waitMs = 3_000 }: CallOptions = {},
): Promise<string> {
  const bind = from === undefined ? {} : { bind: { address: from, port: 0 } };
  const fd = socketIn(netns, { type: protocol, family: familyOf(address), ...bind });
  const socket =
    protocol === 'tcp'
      ? new TcpSocket({ fd, readable: true, writable: true, manualStart: true } as object)
      : await udpSocket(fd, familyOf(address));
  const close = () => (socket instanceof TcpSocket ? socket.destroy() : socket.close());
  const { promise: late, resolve: giveUp } = Promise.withResolvers<string>();
  const timer = setTimeout(giveUp, waitMs, 'no answer');
  const answer = socket instanceof TcpSocket ? dial(socket, address, port) : ask(socket, address, port);
  try {
    return await Promise.race([answer.catch(reasonOf), late]);
  } finally {
    clearTimeout(timer);
    close();
  }
}

async function dial(socket: TcpSocket, host: string, port: number): Promise<string> {
  socket.connect({ host, port });
  await once(socket, 'connect');
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said;
}

/** From a socket that asks nobody else, and so hears when it is refused. */
async function ask(socket: UdpSocket, address: string, port: number): Promise<string> {
  const answer = once(socket, 'message') as Promise<[Buffer]>;
  answer.catch(() => {}); // heard of below
  socket.connect(port, address);
  await once(socket, 'connect');
  socket.send('?');
  return String((await answer)[0]);
}

const reasonOf = (err: Error): string => ('code' in err ? String(err.code) : String(err));

async function udpSocket(fd: number, family: 4 | 6): Promise<UdpSocket> {
  const socket = createSocket(`udp${family}`);
  // Said at once for a descriptor: one has to listen for it first.
  const listening = once(socket, 'listening');
  socket.bind({ fd });
  await listening;
  return socket;
}

/** A client's. */
export function openUdp(netns: string, family: 4 | 6): Promise<UdpSocket> {
  const bind = { address: anyAddress[family], port: 0 };
  return udpSocket(socketIn(netns, { type: 'udp', family, bind }), family);
}

/** A client that keeps its port, as resolvers and players do. */
export async function udpClient(
  netns: string,
  to: Target,
): Promise<{ ask(waitMs?: number): Promise<string>; close(): void }> {
  const socket = await openUdp(netns, familyOf(to.address));
  socket.on('error', () => {});
  return {
    async ask(waitMs = 500) {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(waitMs) }) as Promise<[Buffer]>;
      socket.send('?', to.port, to.address);
      return answer.then(
        ([said]) => String(said),
        () => 'no answer',
      );
    },
    close: () => socket.close(),
  };
}
