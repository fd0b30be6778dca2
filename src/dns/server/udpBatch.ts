/**
 * What waits at a busy UDP socket, taken in batches. Node's own reading stays as it is: it hears the first of a burst,
 * and then this empties the socket, so that a server with little to do answers as soon as ever.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { addressFromBytes, formatAddress } from '../../lib/ip.ts';
import { type Datagrams, datagramsOf } from '../../lib/linux/datagrams.ts';
import type { Asker } from '../contract.ts';
import type { KeptAnswers } from './kept.ts';
import { unmapped } from './listener.ts';

/** Answers what waits at the socket now. */
export type Drain = () => void;

type Answer = (packet: Buffer, client: Asker) => Buffer | undefined | Promise<Buffer | undefined>;
type Send = (bytes: Buffer | undefined, port: number, address: string) => void;

const batchSize = 64;
/** Questions are not longer; the rest of one that is would not be understood. No answer by UDP is longer either. */
const datagramBytes = 4_096;
/** Then others have their turn: timers, TCP, the cluster's watches. */
const mostBatches = 16;

/** For the socket of this process at a port; does nothing where the C library cannot be called. */
export function drainer(port: number, kept: KeptAnswers, answer: Answer, send: Send): Drain {
  const datagrams = open(port);
  if (!datagrams) return () => {};
  return () => {
    for (let round = 0; round < mostBatches; round++) {
      const count = datagrams.receive();
      let slots = 0;
      for (let i = 0; i < count; i++) if (fill(datagrams, i, slots, kept, answer, send)) slots++;
      datagrams.send(slots);
      if (count < batchSize) return;
    }
  };
}

/** Whether the answer to datagram i is in the slot. */
function fill(
  datagrams: Datagrams,
  i: number,
  slot: number,
  kept: KeptAnswers,
  answer: Answer,
  send: Send,
): boolean {
  const { received, sent, size } = datagrams;
  const length = datagrams.lengthOf(i);
  const source = datagrams.sourceOf(i);
  const known = kept.answer(received, i * size, length, sent, slot * size, isIpv4(source) ? 4 : 6);
  if (known > 0) {
    datagrams.reply(slot, i, known);
    return true;
  }
  const packet = Buffer.from(received.subarray(i * size, i * size + length));
  const { socketAddress, ...client } = clientOf(source);
  const reply = answer(packet, client);
  if (reply instanceof Promise) {
    void reply.then((bytes) => send(bytes, client.port, socketAddress)).catch(() => {});
    return false;
  }
  if (!reply) return false;
  sent.set(reply, slot * size);
  datagrams.reply(slot, i, reply.length);
  return true;
}

const AF_INET = 2;

/** Also where a socket for both families writes it as `::ffff:a.b.c.d`. */
const isIpv4 = (source: Buffer): boolean =>
  source[0] === AF_INET || (source[18] === 0xff && source[19] === 0xff && source[8] === 0 && source[9] === 0);

/** `socketAddress` is how the socket itself names the client. */
function clientOf(source: Buffer): Asker & { socketAddress: string } {
  const bytes = source[0] === AF_INET ? source.subarray(4, 8) : source.subarray(8, 24);
  const socketAddress = formatAddress(addressFromBytes(bytes));
  return {
    address: isIpv4(source) && bytes.length === 16 ? bytes.subarray(12).join('.') : unmapped(socketAddress),
    socketAddress,
    port: source.readUInt16BE(2),
    protocol: 'udp',
  };
}

function open(port: number): Datagrams | undefined {
  try {
    const fd = descriptorOf(port);
    return fd === undefined ? undefined : datagramsOf(fd, batchSize, datagramBytes);
  } catch {
    return undefined;
  }
}

/** The descriptor of this process's UDP socket at a port, which Node keeps to itself. proc(5): net/udp, fd. */
function descriptorOf(port: number): number | undefined {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = ['udp', 'udp6'].flatMap((file) =>
    readFileSync(`/proc/self/net/${file}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(local))
      .map((fields) => `socket:[${fields[9]}]`),
  );
  const found = readdirSync('/proc/self/fd').find((fd) => {
    try {
      return inodes.includes(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}
