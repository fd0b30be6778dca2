/** The thread of `notices.ts`: waits in the kernel, so the time that it takes is the time of the notice. */
import { parentPort, workerData } from 'node:worker_threads';
import { libc } from '../../src/lib/linux/libc.ts';

export interface Notice {
  bytes: Uint8Array;
  ms: number;
}

const { fd, stop } = workerData as { fd: number; stop: Int32Array };
const incoming = Buffer.alloc(256 * 1024);
while (Atomics.load(stop, 0) === 0) {
  const length = Number(libc().recv(fd, incoming, incoming.length, 0));
  const ms = Number(process.hrtime.bigint()) / 1e6;
  if (length > 0) parentPort?.postMessage({ bytes: Buffer.from(incoming.subarray(0, length)), ms });
}
