/**
 * Upgraded connections (SPDY and WebSocket alike): the handshake is repeated towards the kubelet, then bytes
 * go both ways untouched. What they mean only the two ends know.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Dial, unreachable } from './dial.ts';

/** The client's side of a connection that asks for an upgrade: node's `upgrade` event. */
export interface Upgrading {
  req: IncomingMessage;
  socket: Duplex;
  /** What the client sent already behind its request. */
  head: Uint8Array;
}

/**
 * Resolves when both sides are joined, or the kubelet's refusal is on its way to the client. Rejects with a
 * `StatusError`, and has written nothing, when the kubelet cannot be reached.
 */
export function forwardUpgrade(dial: Dial, address: string, path: string, client: Upgrading): Promise<void> {
  const { req, socket, head } = client;
  return new Promise((resolve, reject) => {
    const upstream = dial({ address, path, method: req.method ?? 'GET', headers: forwarded(req) });
    // A client that goes before the kubelet answers takes its request along.
    const gone = () => upstream.destroy();
    socket.on('error', () => {});
    socket.once('close', gone);
    upstream.once('upgrade', (answer, kubelet: Duplex, kubeletHead: Buffer) => {
      socket.off('close', gone);
      socket.write(headOf(answer));
      if (kubeletHead.length > 0) socket.write(kubeletHead);
      if (head.length > 0) kubelet.write(head);
      join(socket, kubelet);
      resolve();
    });
    upstream.once('response', (answer) => {
      socket.write(
        headOf(answer, ['connection', 'keep-alive', 'transfer-encoding'], 'Connection: close\r\n'),
      );
      answer.pipe(socket);
      resolve();
    });
    upstream.once('error', (cause) => reject(unreachable(cause)));
    upstream.end();
  });
}

/** Who asks has been found out here; the kubelet knows the API server by its certificate. */
const ours = /^(host|authorization|cookie|impersonate-.*)$/;

function forwarded(req: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(req.headersDistinct).filter(([name]) => !ours.test(name)));
}

function headOf(answer: IncomingMessage, without: readonly string[] = [], more = ''): string {
  let head = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage ?? ''}\r\n`;
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i] ?? '';
    if (!without.includes(name.toLowerCase())) head += `${name}: ${answer.rawHeaders[i + 1]}\r\n`;
  }
  return `${head}${more}\r\n`;
}

/** How long the other side has for what is still on its way. */
const restMs = 2_000;

/** Bytes go both ways, no faster than they are read; when one side is gone, the other gets the rest and ends. */
function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => {});
    from.once('close', () => {
      to.end(() => to.destroy());
      // One that does not read would keep its rest, and what runs behind it, for ever.
      setTimeout(() => to.destroy(), restMs).unref();
    });
    from.pipe(to);
  }
}
