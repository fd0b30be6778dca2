/** Connections that say nothing. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import type { Target } from './target.ts';

/** Does `work` beside so many of them. */
export async function besideIdle<T>(target: Target, count: number, work: () => Promise<T>): Promise<T> {
  const sockets: TLSSocket[] = [];
  try {
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(50, count - sockets.length) }, () =>
        connect({ ...target.tls, ALPNProtocols: ['h2'] }),
      );
      sockets.push(...some);
      await Promise.all(some.map((socket) => once(socket, 'secureConnect')));
    }
    return await work();
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
