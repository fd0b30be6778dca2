/**
 * Sockets of another network namespace, for Node's own servers and clients: a socket stays in the
 * namespace in which it was made, whoever uses it. `server.listen({ fd })`, dgram `socket.bind({ fd })`.
 */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { addressBytes, familyOf, isAddress, parseAddress } from '../ip.ts';
import { checked, libc } from './libc.ts';
import { inNamespace } from './namespaces.ts';
import { stayOnLink } from './onLink.ts';

const AF = { 4: 2, 6: 10 } as const;
const SOCK = { tcp: 1, udp: 2 } as const;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface SocketOptions {
  type: 'tcp' | 'udp';
  family: 4 | 6;
  /** Port 0 lets the kernel choose. */
  bind?: { address: string; port: number };
  /** For IPv6: take IPv4 too (`::`). */
  dualStack?: boolean;
  /** For UDP: speaks with neighbours on this link and with nobody else. */
  onLink?: string;
}

/** A socket inside the namespace that a file holds open; this one if there is none. It belongs to the caller. */
export function socketIn(netns: string | undefined, options: SocketOptions): number {
  return netns === undefined ? open(options) : inNamespace(netns, () => open(options));
}

function open({ type, family, bind, dualStack, onLink }: SocketOptions): number {
  const fd = checked(
    `open a ${type} socket`,
    libc().socket(AF[family], SOCK[type] | SOCK_NONBLOCK_CLOEXEC, 0),
  );
  try {
    if (bind && type === 'tcp') setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family === 6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, dualStack ? 0 : 1);
    if (onLink) stayOnLink(fd, family, onLink);
    if (bind) {
      const address = socketAddress(bind.address, bind.port);
      checked(`bind ${type} ${bind.address} port ${bind.port}`, libc().bind(fd, address, address.length));
    }
    return fd;
  } catch (err) {
    closeSync(fd);
    throw err;
  }
}

function setOption(fd: number, level: number, name: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  checked('set a socket option', libc().setsockopt(fd, level, name, bytes, 4));
}

/** `sockaddr_in` or `sockaddr_in6`. */
export function socketAddress(text: string, port: number): Buffer {
  const address = parseAddress(text);
  const bytes = Buffer.alloc(address.family === 4 ? 16 : 28);
  bytes.writeUInt16LE(AF[address.family], 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(addressBytes(address), address.family === 4 ? 4 : 8);
  return bytes;
}

/** A TCP socket of a namespace that is not connected yet, for a connection to this address. */
export const tcpSocketIn = (netns: string | undefined, host: string, allowHalfOpen = false): Socket =>
  new Socket({
    fd: socketIn(netns, { type: 'tcp', family: familyOf(host) }),
    readable: true,
    writable: true,
    manualStart: true,
    allowHalfOpen,
  } as object);

export interface ConnectOptions {
  /** Each half is closed on its own. */
  allowHalfOpen?: boolean;
  /** Who does not answer within this time is given up; without it the kernel decides. */
  timeoutMs?: number;
}

/** Connects from inside a namespace. `host` is an address: names would be resolved outside. */
export function connectIn(
  netns: string | undefined,
  host: string,
  port: number,
  { allowHalfOpen, timeoutMs }: ConnectOptions = {},
): Promise<Socket> {
  if (!isAddress(host)) return Promise.reject(new Error(`Cannot connect to ${host}: it is not an address`));
  const socket = tcpSocketIn(netns, host, allowHalfOpen);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    if (timeoutMs !== undefined)
      socket.setTimeout(timeoutMs, () =>
        socket.destroy(new Error(`Cannot connect to ${host} port ${port}: no answer`)),
      );
    socket.connect({ host, port }, () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
