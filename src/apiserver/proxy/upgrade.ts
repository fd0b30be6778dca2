/**
 * Upgraded connections (SPDY and WebSocket alike): the handshake is repeated towards the kubelet, then bytes
 * go both ways untouched. What they mean only the two ends know.
 */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StatusError } from '../../api/errors.ts';
import type { ApiRequest } from '../contract.ts';
import { type Dial, unreachable } from './dial.ts';

/** The client's side of a connection that asks for an upgrade: node's `upgrade` event. */
export interface Upgrading {
  request: ApiRequest;
  req: IncomingMessage;
  socket: Duplex;
  /** What the client sent already behind its request. */
  head: Uint8Array;
}

/** To a kubelet, as {@link joinUpgraded}. */
export function forwardUpgrade(dial: Dial, address: string, path: string, client: Upgrading): Promise<void> {
  const asked = { address, path, method: client.request.method, headers: forwarded(client) };
  return joinUpgraded(() => dial(asked), client, unreachable);
}

/**
 * Resolves when both sides are joined, or the other side's refusal is on its way to the client. Rejects with a
 * `StatusError`, and has written nothing, when the other side cannot be reached.
 */
export function joinUpgraded(
  begin: () => ClientRequest,
  { socket, head }: Pick<Upgrading, 'socket' | 'head'>,
  failure: (cause: Error) => StatusError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return resolve();
    const upstream = begin();
    // A client that goes before the other side answers takes its request along.
    const gone = () => upstream.destroy();
    socket.on('error', () => {});
    socket.once('close', gone);
    upstream.once('upgrade', (answer, other: Duplex, otherHead: Buffer) => {
      socket.off('close', gone);
      socket.write(headOf(answer));
      if (otherHead.length > 0) socket.write(otherHead);
      if (head.length > 0) other.write(head);
      join(socket, other);
      resolve();
    });
    upstream.once('response', (answer) => {
      socket.write(
        headOf(answer, ['connection', 'keep-alive', 'transfer-encoding'], 'Connection: close\r\n'),
      );
      answer.pipe(socket);
      resolve();
    });
    upstream.once('error', (cause) => reject(failure(cause)));
    upstream.end();
  });
}

/** Who asks has been found out here; the kubelet knows the API server by its certificate. */
const ours = /^(host|authorization|cookie|impersonate-.*)$/;

function forwarded({ req, request }: Upgrading): OutgoingHttpHeaders {
  const kept = Object.entries(req.headersDistinct).filter(([name]) => !ours.test(name));
  const protocols = request.headers['sec-websocket-protocol'];
  return { ...Object.fromEntries(kept), ...(protocols && { 'sec-websocket-protocol': protocols }) };
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
