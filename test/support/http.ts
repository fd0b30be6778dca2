/** One HTTP request as a client would send it, from the host or from any network namespace. */
import http from 'node:http';
import net from 'node:net';
import { bracketed, familyOf } from '../../src/lib/ip.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';

export interface Fetched {
  status: number;
  body: string;
}

/** Over a connection of its own. Rejects when there is no whole answer within the time. */
export function fetchFrom(
  netns: string | undefined,
  host: string,
  port: number,
  path = '/',
  timeoutMs = 5_000,
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => request.destroy(new Error('there was no answer in time')), timeoutMs);
    const request = http.get({
      host,
      port,
      path,
      createConnection: () =>
        new net.Socket(
          netns === undefined ? {} : { fd: socketIn(netns, { type: 'tcp', family: familyOf(host) }) },
        ).connect(port, host),
    });
    request.on('error', (err) =>
      reject(
        new Error(`Cannot fetch http://${bracketed(host)}:${port}${path}: ${err.message}`, { cause: err }),
      ),
    );
    request.on('close', () => clearTimeout(late));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
  });
}
