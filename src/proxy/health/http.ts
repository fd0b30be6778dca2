/** Small servers: a path in, a text out. */
import { once } from 'node:events';
import http from 'node:http';
import type { Clock } from '../../lib/clock.ts';

export interface Reply {
  code: number;
  headers: Record<string, string>;
  body: string;
}

export interface Question {
  path: string;
  /** Which of the node's addresses was asked; `::ffff:172.30.0.2` too. */
  localAddress: string;
}

/** Without a host: every address of every family that there is. */
export interface BindAddress {
  host?: string;
  port: number;
}

export type Listen = (at: BindAddress, answer: (question: Question) => Reply) => Promise<Listening>;

export interface Listening {
  port: number;
  /** Nothing answers any more when it returns. */
  close(): void;
}

/** Rejects when the address is taken. */
export const listen: Listen = async (at, answer) => {
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '/').replace(/\?.*/, '');
    const { code, headers, body } = answer({ path, localAddress: request.socket.localAddress ?? '' });
    response.writeHead(code, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
  });
  server.listen(at);
  await once(server, 'listening');
  // A connection that cannot be taken, for want of descriptors, is the client's loss alone.
  server.on('error', () => {});
  return {
    port: (server.address() as { port: number }).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
};

export const notFound: Reply = {
  code: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: '404 page not found\n',
};

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

export interface Persistence {
  clock: Clock;
  signal: AbortSignal;
  /** Told each time that it did not work. */
  onFailure: (err: Error) => void;
}

/** Listens until the signal. While the address is taken it tries again. */
export async function keepListening(
  open: () => Promise<Listening>,
  { clock, signal, onFailure }: Persistence,
): Promise<void> {
  for (let delayMs = firstDelayMs; !signal.aborted; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      const listening = await open();
      const close = () => listening.close();
      if (signal.aborted) close();
      else signal.addEventListener('abort', close, { once: true });
      return;
    } catch (err) {
      onFailure(err instanceof Error ? err : new Error(String(err)));
      await clock.sleep(delayMs, signal);
    }
  }
}
