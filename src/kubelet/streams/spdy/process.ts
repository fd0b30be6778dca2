/** Exec and attach over SPDY: the client opens a stream for each of stdin, stdout, stderr, error and resize. */
import { type Outcome, statusOf, wordsOf } from '../outcome.ts';
import { resizes, spdyProcess, tellsStatus } from '../protocols.ts';
import type { Remote, Served, Upgrading, Wanted } from '../remote.ts';
import { TerminalSizes } from '../terminal.ts';
import { acceptSpdy, spdyProtocol } from './accept.ts';
import type { SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';

type Streams = Map<string, SpdyStream>;

const openedWithinMs = 30_000;

export async function processBySpdy(client: Upgrading, { wanted, serve }: Served): Promise<void> {
  const protocol = spdyProtocol(client, spdyProcess);
  const expected = expectedStreams(wanted, protocol);
  const streams: Streams = new Map();
  const complete = Promise.withResolvers<boolean>();
  const session = acceptSpdy(client, protocol, (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (!expected.includes(type) || streams.has(type)) return false;
    streams.set(type, stream);
    if (streams.size === expected.length) complete.resolve(true);
    return true;
  });
  session.gone.addEventListener('abort', () => complete.resolve(false));
  const late = setTimeout(() => complete.resolve(false), openedWithinMs);
  if (await complete.promise) await serve(remoteOf(session, streams, protocol));
  clearTimeout(late);
  session.close();
}

function expectedStreams({ stdin, stdout, stderr, tty }: Wanted, protocol: string | undefined): string[] {
  const wanted = { error: true, stdin, stdout, stderr, resize: tty && resizes(protocol) };
  return Object.entries(wanted).flatMap(([type, is]) => (is ? [type] : []));
}

function remoteOf(session: SpdySession, streams: Streams, protocol: string | undefined): Remote {
  const stdin = streams.get('stdin');
  const [stdout, stderr, error] = ['stdout', 'stderr', 'error'].map((type) => streams.get(type)?.resume());
  return {
    ...(stdin && { stdin }),
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
    onResize(listener) {
      const sizes = new TerminalSizes();
      streams.get('resize')?.on('data', (piece: Buffer) => sizes.push(piece.toString()).forEach(listener));
    },
    async finish(outcome: Outcome) {
      error?.write(tellsStatus(protocol) ? JSON.stringify(statusOf(outcome)) : wordsOf(outcome));
      await Promise.all([stdout, stderr, error].map(ended));
    },
    gone: session.gone,
  };
}

/** Resolves when all of it is on its way, or cannot be. */
function ended(stream: SpdyStream | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!stream || stream.destroyed) return resolve();
    stream.once('finish', resolve).once('close', resolve);
    stream.end();
  });
}
