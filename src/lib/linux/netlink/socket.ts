/**
 * A netlink socket, spoken to synchronously: the kernel has answered before `sendto` returns.
 * It belongs to the network namespace in which it was opened, wherever its user is later.
 */
import { closeSync } from 'node:fs';
import { checked, koffi, libc, SystemError } from '../libc.ts';
import { inNamespace } from '../namespaces.ts';
import {
  decodeAttributes,
  decodeMessages,
  encodeRequest,
  flag,
  type Message,
  messageType,
  type Request,
  textOf,
} from './message.ts';

export interface Netlink {
  /** Carries out the requests in order, in one system call. Throws the first failure; later requests were tried all the same. */
  send(...requests: Request[]): void;
  /** The one object that the request asks for. */
  get(request: Request): Message;
  /** All objects that the request asks for. */
  dump(request: Request): Message[];
  close(): void;
}

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;

export const protocol = { ROUTE: 0, SOCK_DIAG: 4, NETFILTER: 12 } as const;

/** Opens a socket in this namespace, or in the one that a file holds open. */
export function netlink(netns?: string, family: number = protocol.ROUTE): Netlink {
  return new NetlinkSocket(netns === undefined ? open(family) : inNamespace(netns, () => open(family)));
}

function open(family: number): number {
  const fd = checked('open a netlink socket', libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, family));
  const one = Buffer.from([1, 0, 0, 0]);
  libc().setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, one, 4);
  libc().setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, one, 4);
  // Without this a kernel that does not answer would hold up everything.
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(5n);
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
  const roomForDumps = Buffer.alloc(4);
  roomForDumps.writeUInt32LE(1 << 20);
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, roomForDumps, 4);
  return fd;
}

/** Shared by all sockets: nothing is received while something else is. */
const incoming = Buffer.alloc(64 * 1024);
const toKernel = Buffer.alloc(12);
toKernel.writeUInt16LE(AF_NETLINK, 0);
const EINTR = 4;

class NetlinkSocket implements Netlink {
  readonly #fd: number;
  #sequence = 0;
  constructor(fd: number) {
    this.#fd = fd;
  }

  send(...requests: Request[]): void {
    this.#exchange(requests);
  }

  get(request: Request): Message {
    const [answer] = this.#exchange([request]);
    if (!answer) throw new Error(`Cannot ${request.what}: the kernel gave no answer`);
    return answer;
  }

  #exchange(requests: readonly Request[]): Message[] {
    if (requests.length === 0) return [];
    const answers: Message[] = [];
    const first = this.#sequence + 1;
    this.#write(requests.map((r) => encodeRequest({ ...r, flags: r.flags | flag.ACK }, ++this.#sequence)));
    let failure: Error | undefined;
    for (let waiting = requests.length; waiting > 0; ) {
      for (const answer of this.#read()) {
        const request = requests[answer.sequence - first];
        if (!request) continue;
        if (answer.type !== messageType.ERROR) {
          answers.push(copyOf(answer));
          continue;
        }
        waiting--;
        failure ??= failureOf(answer, request);
      }
    }
    if (failure) throw failure;
    return answers;
  }

  dump(request: Request): Message[] {
    this.#write([encodeRequest({ ...request, flags: request.flags | flag.DUMP }, ++this.#sequence)]);
    const found: Message[] = [];
    for (;;) {
      for (const answer of this.#read()) {
        if (answer.sequence !== this.#sequence) continue;
        if (answer.type === messageType.DONE) return found;
        const failure = answer.type === messageType.ERROR ? failureOf(answer, request) : undefined;
        if (failure) throw failure;
        found.push(copyOf(answer));
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(messages: Buffer[]): void {
    const bytes = Buffer.concat(messages);
    checked(
      'send to the kernel by netlink',
      libc().sendto(this.#fd, bytes, bytes.length, 0, toKernel, toKernel.length),
    );
  }

  #read(): Message[] {
    for (;;) {
      const length = libc().recv(this.#fd, incoming, incoming.length, 0);
      if (length < 0 && koffi().errno() === EINTR) continue;
      return decodeMessages(incoming.subarray(0, checked('receive from the kernel by netlink', length)));
    }
  }
}

/** The shared buffer is overwritten by the next datagram. */
const copyOf = (message: Message): Message => ({ ...message, body: Buffer.from(message.body) });

const NLM_F_CAPPED = 0x100;
const NLMSGERR_ATTR_MSG = 1;

function failureOf(answer: Message, request: Request): SystemError | undefined {
  const code = answer.body.readInt32LE(0);
  if (code === 0) return undefined;
  const echoed = answer.flags & NLM_F_CAPPED ? 16 : answer.body.readUInt32LE(4);
  const detail = textOf(decodeAttributes(answer.body.subarray(4 + echoed)).get(NLMSGERR_ATTR_MSG));
  return new SystemError(request.what, -code, detail);
}

/** The thing that was to be deleted is not there (any more). */
export const isMissing = (err: unknown): boolean =>
  err instanceof SystemError && ['ENODEV', 'ENOENT', 'ESRCH', 'EADDRNOTAVAIL', 'ENXIO'].includes(err.code);

/** Like `send`, for deletions: nothing happens when the thing is not there. */
export function sendDeletion(socket: Netlink, request: Request): void {
  try {
    socket.send(request);
  } catch (err) {
    if (!isMissing(err)) throw err;
  }
}
