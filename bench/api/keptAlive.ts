/**
 * A client of HTTP/1.1 that does nothing but wait for answers: on two processors any real one would be measured
 * in place of the server.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import type { Target } from './target.ts';

export interface KeptAlive {
  /** One request at a time. Rejects when the answer is an error. */
  ask(method: string, path: string, body?: string): Promise<void>;
  close(): void;
}

const headEnd = Buffer.from('\r\n\r\n');

export async function keptAlive(target: Target): Promise<KeptAlive> {
  const socket: TLSSocket = connect({ ...target.tls, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  let heard: Buffer = Buffer.alloc(0);
  let settle: ((code: number) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    heard = heard.length > 0 ? Buffer.concat([heard, chunk]) : chunk;
    const end = heard.indexOf(headEnd);
    if (end < 0) return;
    const head = heard.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (heard.length < end + headEnd.length + length) return;
    heard = Buffer.alloc(0);
    settle?.(Number(head.slice(9, 12)));
  });
  socket.on('error', () => settle?.(0));
  return {
    async ask(method, path, body = '') {
      const code = await new Promise<number>((resolve) => {
        settle = resolve;
        const type = body === '' ? '' : 'content-type: application/json\r\n';
        const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: bench\r\n${type}${length}\r\n${body}`);
      });
      if (code < 200 || code >= 300)
        throw new Error(`Cannot measure ${method} ${path}: the answer is ${code}`);
    },
    close: () => socket.destroy(),
  };
}
