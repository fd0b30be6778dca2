/**
 * Port-forward over SPDY: for each connection the client opens an error and a data stream, which name the
 * port and bear the same `requestID`.
 */
import type { Duplex } from 'node:stream';
import { spdyPortForward } from '../protocols.ts';
import type { Upgrading } from '../remote.ts';
import { acceptSpdy, spdyProtocol } from '../spdy/accept.ts';
import { type OnStream, SpdySession } from '../spdy/session.ts';
import type { SpdyStream } from '../spdy/stream.ts';
import { type Forwarding, forward, portOf } from './forward.ts';

const pairedWithinMs = 30_000;

export async function portForwardBySpdy(client: Upgrading, to: Forwarding): Promise<void> {
  await over(acceptSpdy(client, spdyProtocol(client, spdyPortForward), pairing(to)));
}

/** A SPDY session that comes through something else. */
export async function portForwardThrough(tunnel: Duplex, to: Forwarding): Promise<void> {
  await over(new SpdySession(tunnel, Buffer.alloc(0), pairing(to)));
}

const over = ({ gone }: SpdySession): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    gone.addEventListener('abort', () => resolve());
  });

type Half = 'data' | 'error';

function pairing(to: Forwarding): OnStream {
  const halves = new Map<string, { half: Half; stream: SpdyStream }>();
  return (stream) => {
    const half = stream.headers.get('streamtype');
    const port = portOf(stream.headers.get('port'));
    if ((half !== 'data' && half !== 'error') || port === undefined) return false;
    const id = requestIdOf(stream, half);
    const other = halves.get(id);
    if (other?.half === half) return false;
    if (other) {
      halves.delete(id);
      const [data, error] = half === 'data' ? [stream, other.stream] : [other.stream, stream];
      error.resume();
      void forward(port, { input: data, output: data, error }, to);
      return true;
    }
    halves.set(id, { half, stream });
    const late = setTimeout(() => halves.get(id)?.stream === stream && stream.destroy(), pairedWithinMs);
    stream.once('close', () => {
      clearTimeout(late);
      if (halves.get(id)?.stream === stream) halves.delete(id);
    });
    return true;
  };
}

/** Old clients give none, and open the error stream directly before the data stream. */
const requestIdOf = ({ id, headers }: SpdyStream, half: Half): string =>
  headers.get('requestid') ?? String(half === 'error' ? id : id - 2);
