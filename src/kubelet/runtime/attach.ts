/**
 * The streams of a container's first process, through conmon's socket. Each packet that comes is one byte
 * that tells the stream (2 stdout, 3 stderr) and then data; what goes there is plain input.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import type { ContainerRecord, Session } from '../contract.ts';
import { connectPackets, resizeTerminal } from './libc.ts';

const fromStderr = 3;
/** conmon reads 32 KiB at once and loses the rest of a larger packet. */
const packetBytes = 8192;

export function attach(
  bundle: string,
  { tty, pid }: ContainerRecord,
  { stdin }: { stdin: boolean },
  exit: Promise<number>,
): Session {
  const socket = openPackets(connectPackets(join(bundle, 'attach')));
  const stdout = new PassThrough();
  const stderr = tty ? undefined : new PassThrough();
  socket.on('data', (packet: Buffer) => {
    const target = packet[0] === fromStderr && stderr ? stderr : stdout;
    if (!target.write(packet.subarray(1))) {
      socket.pause();
      target.once('drain', () => socket.resume());
    }
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => {});
    socket.on('close', () => {
      stdout.end();
      stderr?.end();
      resolve();
    });
    socket.on('end', () => socket.destroy());
  });
  return {
    ...(stdin && { stdin: packetWriter(socket) }),
    stdout,
    ...(stderr && { stderr }),
    resize: (columns, rows) => resize(pid, columns, rows),
    exit: closed.then(() => exit),
    close: () => socket.destroy(),
  };
}

interface PipeHandle {
  open(fd: number): number;
}

/** Node opens no SOCK_SEQPACKET socket by itself, but its pipe handle reads one packet at a time from one. */
function openPackets(fd: number): Socket {
  const { Pipe, constants: kinds } = (
    process as unknown as {
      binding(name: 'pipe_wrap'): {
        Pipe: new (kind: number) => PipeHandle;
        constants: { SOCKET: number };
      };
    }
  ).binding('pipe_wrap');
  const handle = new Pipe(kinds.SOCKET);
  handle.open(fd);
  return new Socket({ handle, allowHalfOpen: true } as unknown as ConstructorParameters<typeof Socket>[0]);
}

/** One packet after the other: the end of the input is a half-close, which conmon passes on. */
function packetWriter(socket: Socket): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let from = 0;
      const next = (err?: Error | null) => {
        if (err || from >= chunk.length) return done(err);
        const packet = chunk.subarray(from, from + packetBytes);
        from += packet.length;
        socket.write(packet, next);
      };
      next();
    },
    final(done) {
      socket.end(() => done());
    },
  }).on('error', () => {});
}

const quietly = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;

/**
 * Straight to the terminal that the first process has. conmon would do it, too, but of several sizes that it
 * finds at once it heeds the first, and kubectl begins with two.
 */
function resize(pid: number | undefined, columns: number, rows: number): void {
  try {
    const fd = openSync(`/proc/${pid}/fd/0`, quietly);
    try {
      resizeTerminal(fd, columns, rows);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The container has ended: its terminal needs no size.
  }
}
