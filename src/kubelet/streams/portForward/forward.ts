/** One connection to one port of a pod. */
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Pod } from '../../../api/types.ts';
import type { OpenInPod } from '../contract.ts';

export interface Forwarding {
  pod: Pod;
  openInPod: OpenInPod;
}

/** What the client has opened for it. */
export interface Pair {
  input: Readable;
  output: Writable;
  /** Words, if something goes wrong; its end tells that nothing will. */
  error: Writable;
}

/** Resolves when the connection is over and all of it was passed on. Each side may end its own direction first. */
export async function forward(port: number, pair: Pair, { pod, openInPod }: Forwarding): Promise<void> {
  const { input, output, error } = pair;
  try {
    await join(await openInPod(pod, port), pair);
  } catch (err) {
    const { name, namespace, uid } = pod.metadata;
    const reason = err instanceof Error ? err.message : String(err);
    error.end(`error forwarding port ${port} to pod ${namespace}/${name}, uid ${uid}: ${reason}`);
    output.end();
    input.resume();
  }
}

function join(socket: Socket, { input, output, error }: Pair): Promise<void> {
  socket.allowHalfOpen = true;
  const passedOn = new Promise<void>((resolve) => {
    output.once('finish', resolve).once('close', resolve);
  });
  const closed = new Promise<void>((resolve) => {
    // A connection that the pod resets is reset for the client, too; it is no failure of forwarding.
    socket.on('error', () => {
      output.destroy();
      input.destroy();
    });
    socket.once('end', () => error.end());
    socket.once('close', () => {
      error.end();
      output.end();
      input.resume();
      resolve();
    });
  });
  input.once('close', () => {
    if (!input.readableEnded) socket.destroy();
  });
  if (input.destroyed) socket.destroy();
  input.pipe(socket);
  socket.pipe(output);
  return Promise.all([closed, passedOn]).then(() => {});
}

/** `undefined` for what is no port. */
export function portOf(text = ''): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 0xffff ? port : undefined;
}
