/** `pods/log` over a WebSocket, as browsers ask for it: the log comes in messages, and what the client says is ignored. */
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { badRequest } from '../../api/errors.ts';
import type { Upgrading } from './upgrade.ts';

/** https://pkg.go.dev/k8s.io/apimachinery/pkg/util/httpstream/wsstream#NewDefaultReaderProtocols */
const protocols: readonly string[] = ['binary.k8s.io', 'base64.binary.k8s.io'];
const header = 'sec-websocket-protocol';

/** Whether the client wants a log this way. */
export const asksForSocket = ({ req }: Pick<Upgrading, 'req'>): boolean =>
  req.headers.upgrade?.toLowerCase() === 'websocket';

/** Throws a 400 when the client speaks neither protocol; `undefined` is the one without a name, which is binary. */
export function logProtocol({ request }: Pick<Upgrading, 'request'>): string | undefined {
  const offered = (request.headers[header] ?? '').split(',').map((name) => name.trim());
  const chosen = offered.find((name) => protocols.includes(name));
  if (chosen === undefined && offered.some(Boolean))
    throw badRequest(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
    );
  return chosen;
}

/** Resolves when the handshake is done; the log goes on until it ends or the client goes. */
export async function sendLog(log: Readable | string, protocol: string | undefined, client: Upgrading) {
  const messages = await accepted(client, protocol);
  messages.resume();
  const source = typeof log === 'string' ? Readable.from(log ? [Buffer.from(log)] : []) : log;
  const sent =
    protocol === 'base64.binary.k8s.io' ? pipeline(source, inBase64, messages) : pipeline(source, messages);
  sent.catch(() => {}); // the client is gone, or the kubelet
}

/** Strings are sent as text. */
async function* inBase64(chunks: AsyncIterable<Buffer>) {
  for await (const chunk of chunks) yield chunk.toString('base64');
}

async function accepted({ req, socket, head }: Upgrading, protocol: string | undefined): Promise<Duplex> {
  // Loaded at its first use: an API server of which nobody asks it never pays for it.
  const { createWebSocketStream, WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, clientTracking: false });
  // It chooses the first itself, which may be a token.
  delete req.headers[header];
  if (protocol !== undefined)
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  return new Promise((resolve, reject) => {
    server.on('wsClientError', (err) => reject(badRequest(err.message)));
    server.handleUpgrade(req, socket, Buffer.from(head), (webSocket) =>
      resolve(createWebSocketStream(webSocket, { decodeStrings: false })),
    );
  });
}
