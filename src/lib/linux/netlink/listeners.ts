/**
 * Sockets that listen for TCP connections (`sock_diag`), and how many clients wait in their queues: a connection is
 * made by the kernel, and is lost when its server closes the listening socket before taking it.
 * https://man7.org/linux/man-pages/man7/sock_diag.7.html
 */
import type { Request } from './message.ts';
import { netlink, protocol } from './socket.ts';

const SOCK_DIAG_BY_FAMILY = 20;
const AF = { 4: 2, 6: 10 } as const;
const IPPROTO_TCP = 6;
const TCP_LISTEN = 10;

export interface Listener {
  port: number;
  /** Connected clients that the server has not taken yet. */
  waiting: number;
}

/** Only those that listen are gone through, however many connections there are. */
export function dumpListeners(family: 4 | 6): Request {
  const fixed = Buffer.alloc(56);
  fixed[0] = AF[family];
  fixed[1] = IPPROTO_TCP;
  fixed.writeUInt32LE(1 << TCP_LISTEN, 4);
  return { what: 'list listening sockets', type: SOCK_DIAG_BY_FAMILY, flags: 0, fixed, attributes: [] };
}

/** `inet_diag_msg` */
export const decodeListener = (body: Buffer): Listener => ({
  port: body.readUInt16BE(4),
  waiting: body.readUInt32LE(56),
});

/** Those of a namespace that a file holds open. */
export function listenersIn(netns: string): Listener[] {
  const socket = netlink(netns, protocol.SOCK_DIAG);
  try {
    return ([4, 6] as const).flatMap((family) =>
      socket.dump(dumpListeners(family)).map(({ body }) => decodeListener(body)),
    );
  } finally {
    socket.close();
  }
}
