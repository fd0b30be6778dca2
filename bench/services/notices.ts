/** What the kernel tells of changes of nftables, and when: it does so when a transaction has been carried out. */

import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { addressBytes, parseAddress } from '../../src/lib/ip.ts';
import { checked, libc } from '../../src/lib/linux/libc.ts';
import { inNamespace } from '../../src/lib/linux/namespaces.ts';
import type { Notice } from './noticesThread.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_NETFILTER = 12;
const groupOfNftables = 1 << 6; // NFNLGRP_NFTABLES is 7
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const waitMicroseconds = 100_000n;
const patienceMs = 10_000;

/** Reads them in a thread of its own, which has nothing else to do. */
export class Notices implements AsyncDisposable {
  readonly #fd: number;
  readonly #thread: Worker;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting = new Map<string, (ms: number) => void>();

  /** Of the network namespace that a file holds open. */
  constructor(netns: string) {
    this.#fd = inNamespace(netns, open);
    const workerData = { fd: this.#fd, stop: this.#stop };
    this.#thread = new Worker(new URL('./noticesThread.ts', import.meta.url), { workerData });
    this.#thread.on('message', (notice: Notice) => this.#heard(notice));
  }

  /** The time, as `process.hrtime` counts in milliseconds, when rules or elements that name the address were put in. */
  named(address: string): Promise<number> {
    const bytes = addressBytes(parseAddress(address)).toString('latin1');
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`Cannot measure: ${address} is not in the kernel`)),
        patienceMs,
      );
      this.#waiting.set(bytes, (ms) => {
        clearTimeout(late);
        resolve(ms);
      });
    });
  }

  #heard({ bytes, ms }: Notice): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (const [wanted, tell] of this.#waiting) {
      if (!text.includes(wanted)) continue;
      this.#waiting.delete(wanted);
      tell(ms);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#thread, 'exit');
    Atomics.store(this.#stop, 0, 1);
    await ended;
    closeSync(this.#fd);
  }
}

function open(): number {
  const fd = checked('open a netlink socket', libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER));
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(groupOfNftables, 8);
  checked('listen to nftables', libc().bind(fd, address, address.length));
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(waitMicroseconds, 8);
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
  const room = Buffer.alloc(4);
  room.writeUInt32LE(8 << 20);
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, room, 4);
  return fd;
}
