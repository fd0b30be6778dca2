/**
 * Port numbers for tests that must know one before anybody listens, or want it for UDP and TCP both. They are below
 * those that the kernel gives to connections (`net.ipv4.ip_local_port_range`): a number that was asked of it with
 * `listen(0)` and given back may be a client's of another process by the time it is wanted again.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { anyAddress } from '../ip.ts';

const lowest = 20_000;
const count = 10_000;
const given = new Set<number>();

/** Where nobody listens now, on any address, by TCP or UDP; each number once in a process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    // By chance: other processes choose at the same time.
    const port = lowest + Math.floor(Math.random() * count);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`every port from ${lowest} to ${lowest + count - 1} that was tried is taken`);
}

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket('udp6');
  try {
    await Promise.all([
      once(tcp.listen(port, anyAddress[6]), 'listening'),
      once(udp.bind(port, anyAddress[6]), 'listening'),
    ]);
    return true;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw err;
  } finally {
    await Promise.all([closed(tcp), closed(udp)]);
  }
}

const closed = (socket: { close(done: () => void): void }): Promise<void> =>
  new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      resolve(); // It never was open.
    }
  });
