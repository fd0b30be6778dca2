/** Connections to one upstream, over TCP or TLS. Each carries one question at a time and is kept for the next one. */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../../lib/clock.ts';
import { splitter } from '../../server/tcp.ts';
import { type End, ended, failed, type Line, timedOut } from './failure.ts';
import type { Target } from './options.ts';

export type SecureOptions = Pick<tls.ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;

interface Options {
  clock: Clock;
  expireMs: number;
  /** 0 is no bound. */
  maxAgeMs: number;
  /** Of those that wait for a question; 0 is no bound. */
  maxIdle: number;
  secure?: SecureOptions;
}

export interface Connections {
  /** Sends a message; resolves with the first one that comes and is taken. Rejects when the connection fails, or at the signal. */
  ask<T>(packet: Buffer, take: (packet: Buffer) => T | undefined, signal: AbortSignal): Promise<T>;
  close(): void;
}

interface Connection {
  socket: net.Socket;
  sinceMs: number;
  usedMs: number;
}

export function connections({ address, port }: Target, options: Options): Connections {
  const remote = { address, port };
  const { clock, expireMs, maxAgeMs, maxIdle, secure } = options;
  const idle: Connection[] = [];
  const open = new Set<net.Socket>();

  function taken(): Connection | undefined {
    const nowMs = clock.now();
    for (let found = idle.pop(); found; found = idle.pop()) {
      const isOld = nowMs - found.usedMs > expireMs || (maxAgeMs > 0 && nowMs - found.sinceMs > maxAgeMs);
      if (!isOld && found.socket.writable) return found;
      found.socket.destroy();
    }
    return undefined;
  }

  function connected(): Connection {
    const to = { host: address, port };
    const socket = secure ? tls.connect({ ...to, ...secure }) : net.connect({ ...to, noDelay: true });
    open.add(socket);
    // Without a listener, the failure of a connection that nobody waits for would end the process.
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    const nowMs = clock.now();
    return { socket, sinceMs: nowMs, usedMs: nowMs };
  }

  function keep(connection: Connection): void {
    if (maxIdle > 0 && idle.length >= maxIdle) return void connection.socket.end();
    connection.usedMs = clock.now();
    connection.socket.setTimeout(expireMs, () => connection.socket.destroy());
    // A connection that waits keeps no process alive.
    connection.socket.unref();
    idle.push(connection);
  }

  return {
    async ask(packet, take, signal) {
      const known = taken();
      try {
        return await once(known ?? connected(), remote, packet, take, signal, keep);
      } catch (err) {
        // The upstream may have closed it at this very moment.
        if (!known || signal.aborted) throw err;
        return await once(connected(), remote, packet, take, signal, keep);
      }
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function once<T>(
  connection: Connection,
  remote: End,
  packet: Buffer,
  take: (packet: Buffer) => T | undefined,
  signal: AbortSignal,
  keep: (connection: Connection) => void,
): Promise<T> {
  const { socket } = connection;
  return new Promise((resolve, reject) => {
    const split = splitter();
    const done = () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', broken).off('close', closed).off('data', hear);
    };
    const fail = (err: Error) => {
      done();
      socket.destroy();
      reject(err);
    };
    const line = (): Line => ({ protocol: 'tcp', local: localOf(socket), remote });
    const broken = (err: Error) => fail(failed(line(), err));
    const abort = () => fail(timedOut(line()));
    const closed = () => fail(ended(line()));
    const hear = (chunk: Buffer) => {
      for (const each of split(chunk)) {
        const answer = take(each);
        if (answer === undefined) return fail(new Error('it answered something else'));
        done();
        keep(connection);
        return resolve(answer);
      }
    };
    socket.on('error', broken).on('close', closed).on('data', hear);
    signal.addEventListener('abort', abort);
    socket.ref().setTimeout(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length);
    socket.write(Buffer.concat([length, packet]));
    if (signal.aborted) abort();
  });
}

const localOf = ({ localAddress: address, localPort: port }: net.Socket): End | undefined =>
  address === undefined || port === undefined ? undefined : { address, port };
