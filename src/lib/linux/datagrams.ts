/**
 * Datagrams of a socket in batches (recvmmsg(2), sendmmsg(2)): where thousands wait, a call for each of them costs
 * several times what the kernel's own work does.
 */
import { koffi } from './libc.ts';

export interface Datagrams {
  /** Where datagram i stands: from i × {@link Datagrams.size}. */
  readonly received: Buffer;
  /** Where datagram i to be sent stands, likewise. */
  readonly sent: Buffer;
  readonly size: number;
  /** Takes what waits, at most a batch; 0 when nothing does. */
  receive(): number;
  lengthOf(i: number): number;
  /** The socket address (`sockaddr_in`, `sockaddr_in6`) that datagram i came from. */
  sourceOf(i: number): Buffer;
  /** Datagram `slot` of `sent` goes, with that length, to where datagram i came from. Slots are filled from 0 on. */
  reply(slot: number, i: number, length: number): void;
  /** Sends the first so many; what the kernel does not take now is lost. */
  send(count: number): void;
}

/** `struct mmsghdr` of 64-bit Linux: its size, and where its fields stand, in units of four bytes. */
const header = { words: 16, name: 0, nameLength: 2, vector: 4, vectors: 6, length: 14 } as const;
const vectorWords = 4;
/** Room for `sockaddr_in6`. */
const addressBytes = 28;
const MSG_DONTWAIT = 0x40;

interface Calls {
  recvmmsg: (fd: number, headers: Uint8Array, count: number, flags: number, timeout: null) => number;
  sendmmsg: (fd: number, headers: Uint8Array, count: number, flags: number) => number;
}

let calls: Calls | undefined;

function load(): Calls {
  if (calls) return calls;
  const library = koffi().load('libc.so.6');
  calls = {
    recvmmsg: library.func('int recvmmsg(int fd, void *headers, uint count, int flags, void *timeout)'),
    sendmmsg: library.func('int sendmmsg(int fd, void *headers, uint count, int flags)'),
  } as Calls;
  return calls;
}

/** Throws where the C library cannot be called. The socket stays its owner's. */
export function datagramsOf(fd: number, count: number, size: number): Datagrams {
  const { recvmmsg, sendmmsg } = load();
  const incoming = batch(count, size);
  const outgoing = batch(count, size);
  return {
    received: incoming.data,
    sent: outgoing.data,
    size,
    receive: () => Math.max(0, recvmmsg(fd, incoming.bytes, count, MSG_DONTWAIT, null)),
    lengthOf: (i) => incoming.headers[i * header.words + header.length] ?? 0,
    sourceOf: (i) => incoming.addresses.subarray(i * addressBytes, (i + 1) * addressBytes),
    reply(slot, i, length) {
      const from = i * addressBytes;
      outgoing.addresses.set(incoming.addresses.subarray(from, from + addressBytes), slot * addressBytes);
      outgoing.headers[slot * header.words + header.nameLength] =
        incoming.headers[i * header.words + header.nameLength] ?? 0;
      outgoing.vectors[slot * vectorWords + 2] = length;
    },
    send(total) {
      const sent = total > 0 ? sendmmsg(fd, outgoing.bytes, total, MSG_DONTWAIT) : 0;
      // One that cannot be sent stops the rest: they are tried from there on, once.
      if (sent >= 0 && sent < total) sendRest(sent + 1, total);
      else if (sent < 0 && total > 1) sendRest(1, total);
    },
  };

  function sendRest(first: number, total: number): void {
    for (let slot = first; slot < total; slot++)
      sendmmsg(fd, outgoing.bytes.subarray(slot * header.words * 4), 1, MSG_DONTWAIT);
  }
}

/** Memory for a batch, each header pointing to its own address and its own data. */
function batch(count: number, size: number) {
  const data = Buffer.allocUnsafeSlow(count * size);
  const addresses = Buffer.allocUnsafeSlow(count * addressBytes);
  const vectors = new Uint32Array(count * vectorWords);
  const headers = new Uint32Array(count * header.words);
  const point = (words: Uint32Array, at: number, to: bigint) => {
    words[at] = Number(to & 0xffff_ffffn);
    words[at + 1] = Number(to >> 32n);
  };
  const start = { data: addressOf(data), addresses: addressOf(addresses), vectors: addressOf(vectors) };
  for (let i = 0; i < count; i++) {
    const at = i * header.words;
    point(headers, at + header.name, start.addresses + BigInt(i * addressBytes));
    headers[at + header.nameLength] = addressBytes;
    point(headers, at + header.vector, start.vectors + BigInt(i * vectorWords * 4));
    headers[at + header.vectors] = 1;
    point(vectors, i * vectorWords, start.data + BigInt(i * size));
    vectors[i * vectorWords + 2] = size;
  }
  // Whoever holds the headers holds what they point to.
  return { data, addresses, vectors, headers, bytes: Buffer.from(headers.buffer) };
}

/** Memory of typed arrays does not move. */
const addressOf = (memory: Uint8Array | Uint32Array): bigint => BigInt(koffi().address(memory));
