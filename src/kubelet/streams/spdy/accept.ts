/** The handshake of SPDY in HTTP/1.1. */
import { chooseProtocol, listed } from '../protocols.ts';
import type { Upgrading } from '../remote.ts';
import { type OnStream, SpdySession } from './session.ts';

/** The protocol that both sides speak; `undefined` means the oldest. Throws a `Refusal`. */
export const spdyProtocol = ({ request }: Upgrading, supported: readonly string[]): string | undefined =>
  chooseProtocol(
    listed(request.headersDistinct['x-stream-protocol-version']),
    supported,
    'X-Accepted-Stream-Protocol-Versions',
  );

export function acceptSpdy(
  { socket, head }: Upgrading,
  protocol: string | undefined,
  onStream: OnStream,
): SpdySession {
  const chosen = protocol === undefined ? '' : `X-Stream-Protocol-Version: ${protocol}\r\n`;
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${chosen}\r\n`,
  );
  return new SpdySession(socket, head, onStream);
}
