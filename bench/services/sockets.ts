/**
 * TCP sockets that block, called straight: between a program and the kernel there is nothing else that would be
 * measured. The kernel delivers between namespaces of one machine before the call returns.
 */
import { closeSync } from 'node:fs';
import { checked, koffi, libc } from '../../src/lib/linux/libc.ts';
import { inNamespace } from '../../src/lib/linux/namespaces.ts';
import { socketAddress } from '../../src/lib/linux/sockets.ts';

interface Calls {
  connect(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, length: null, flags: number): number;
  send(fd: number, data: Uint8Array, length: number, flags: number): number;
}

const library = koffi().load('libc.so.6');
const calls: Calls = {
  connect: library.func('int connect(int fd, const void *address, uint length)'),
  listen: library.func('int listen(int fd, int backlog)'),
  accept4: library.func('int accept4(int fd, void *address, void *length, int flags)'),
  send: library.func('long send(int fd, const void *data, size_t length, int flags)'),
};

const AF_INET = 2;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_LINGER = 13;
const SO_SNDTIMEO = 21;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const MSG_NOSIGNAL = 0x4000;
const backlog = 1_024;
const patienceSeconds = 2n;

export interface Address {
  ip: string;
  port: number;
}

export const bytesOf = ({ ip, port }: Address): Buffer => socketAddress(ip, port);

/**
 * Sockets inside a namespace. They wait for an answer two seconds and no longer, and when one is closed its
 * connection is gone on both sides at once: no port is held up.
 */
export const clientSockets = (netns: string, count: number): number[] =>
  inNamespace(netns, () => Array.from({ length: count }, openClient));

function openClient(): number {
  const fd = checked('open a socket', libc().socket(AF_INET, SOCK_STREAM_CLOEXEC, 0));
  const linger = Buffer.alloc(8);
  linger.writeInt32LE(1);
  libc().setsockopt(fd, SOL_SOCKET, SO_LINGER, linger, 8);
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(patienceSeconds);
  libc().setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, timeout, 16);
  setNoDelay(fd);
  return fd;
}

function setNoDelay(fd: number): void {
  libc().setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, Buffer.from([1, 0, 0, 0]), 4);
}

/** `to` as `bytesOf` makes it. */
export function connect(fd: number, to: Buffer): void {
  checked('connect', calls.connect(fd, to, to.length));
}

/** Sends the first packet of a connection and waits for nothing. */
export function knock(netns: string, to: Buffer): number {
  const open = () => checked('open a socket', libc().socket(AF_INET, SOCK_STREAM_CLOEXEC | SOCK_NONBLOCK, 0));
  const fd = inNamespace(netns, open);
  calls.connect(fd, to, to.length);
  return fd;
}

export interface Listener extends Disposable {
  /** Undefined when nobody has called; if it blocks, that is waited for. */
  accept(): number | undefined;
}

export function listenIn(netns: string, port: number, blocks: boolean): Listener {
  const flags = SOCK_STREAM_CLOEXEC | (blocks ? 0 : SOCK_NONBLOCK);
  const fd = inNamespace(netns, () => checked('open a socket', libc().socket(AF_INET, flags, 0)));
  libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, Buffer.from([1, 0, 0, 0]), 4);
  const address = socketAddress('0.0.0.0', port);
  checked(`bind port ${port}`, libc().bind(fd, address, address.length));
  checked('listen', calls.listen(fd, backlog));
  return {
    accept() {
      const accepted = calls.accept4(fd, null, null, 0);
      if (accepted < 0) return undefined;
      setNoDelay(accepted);
      return accepted;
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** Forgets everybody who has called. */
export function turnAway(listener: Listener): number {
  for (let count = 0; ; count++) {
    const fd = listener.accept();
    if (fd === undefined) return count;
    closeSync(fd);
  }
}

/** Sends all of it. */
export function send(fd: number, data: Uint8Array): void {
  for (let sent = 0; sent < data.length; ) {
    const rest = sent === 0 ? data : data.subarray(sent);
    sent += checked('send', Number(calls.send(fd, rest, rest.length, MSG_NOSIGNAL)));
  }
}

/** As many bytes as there are, 0 at the end of the connection, however it ended. */
export const receive = (fd: number, into: Uint8Array): number =>
  Math.max(0, Number(libc().recv(fd, into, into.length, 0)));

/** Until `into` is full. False when the connection ended before. */
export function receiveAll(fd: number, into: Uint8Array): boolean {
  for (let got = 0; got < into.length; ) {
    const some = receive(fd, got === 0 ? into : into.subarray(got));
    if (some === 0) return false;
    got += some;
  }
  return true;
}
