/** The handshake of WebSockets. */
import type { WebSocket } from 'ws';
import { chooseProtocol, listed } from '../protocols.ts';
import { Refusal } from '../refusal.ts';
import type { Upgrading } from '../remote.ts';

/** As Kubernetes' own servers take it. */
const mostMessageBytes = 32 << 20;
const header = 'sec-websocket-protocol';

/** The protocol that both sides speak; `undefined` means the oldest. Throws a `Refusal`. */
export const webSocketProtocol = ({ request }: Upgrading, supported: readonly string[]): string | undefined =>
  chooseProtocol(listed(request.headersDistinct[header]), supported, header);

export async function acceptWebSocket(
  { request, socket, head }: Upgrading,
  protocol: string | undefined,
): Promise<WebSocket> {
  // Loaded at its first use: a node of which nobody asks for a stream never pays for it.
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: mostMessageBytes });
  // The slash in `SPDY/3.1+portforward.k8s.io` is none that RFC 6455 allows, so the library must not see it.
  delete request.headers[header];
  if (protocol !== undefined)
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  return new Promise((resolve, reject) => {
    server.on('wsClientError', (err) => reject(new Refusal(400, err.message)));
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      resolve(webSocket);
    });
  });
}
