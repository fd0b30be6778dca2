/**
 * kubectl 1.29 to 1.33 drops what comes before its streams are set up, the exit code included
 * (https://github.com/kubernetes/kubernetes/issues/131189). It answers a ping only when it has begun to read.
 */
import type { WebSocket } from 'ws';

const patienceMs = 100;

/** Resolves when the client reads, or is gone, or does not answer pings. */
export function untilItReads(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(late);
      socket.off('pong', done).off('close', done);
      resolve();
    };
    const late = setTimeout(done, patienceMs);
    socket.on('pong', done).on('close', done);
    socket.ping();
  });
}
