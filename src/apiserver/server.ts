/** The sockets of the API server: HTTPS over HTTP/1.1 and HTTP/2 on one port. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createSecureServer, type Http2ServerResponse, type Http2Session } from 'node:http2';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { StatusError, unauthorized } from '../api/errors.ts';
import { logger } from '../lib/log.ts';
import { statusOf } from './answer/answers.ts';
import type { Authenticator } from './authn/index.ts';
import type { Authorizer } from './authz/contract.ts';
import type { Answer, Handler } from './contract.ts';
import { acceptsGzip } from './http/compress.ts';
import { formatFor } from './http/encode.ts';
import { identityOf } from './http/peer.ts';
import { wantsPretty } from './http/pretty.ts';
import { type Head, type Incoming, isUnread, readBody, readHead, requestOf, wireOf } from './http/request.ts';
import { drop, type Outgoing, respond } from './http/respond.ts';
import { type UpgradeHandler, upgraded } from './http/upgrade.ts';
import type { Metrics } from './observe/metrics.ts';
import { isPassedOn } from './proxy/target.ts';

export type { UpgradeHandler } from './http/upgrade.ts';

export interface ServerOptions {
  handler: Handler;
  authenticate: Authenticator;
  /** Asked before a connection is upgraded; the handler asks for everything else. */
  authorizer: Authorizer;
  /** Takes exec, attach and port-forward over, after authorization. */
  upgrade?: UpgradeHandler;
  /** Told of streams that go on. */
  metrics?: Metrics;
  /** Told of requests whose credentials do not hold. */
  onUnauthorized?: (head: Head) => void;
  /** PEM. Client certificates must be signed by `clientCa`; they are asked for, not required. */
  tls: { key: string; cert: string; clientCa: string };
  limits?: Partial<Limits>;
}

export interface Limits {
  /** As etcd's and Kubernetes' own. */
  bodyBytes: number;
  /** For the headers, and again for the body. */
  requestMs: number;
  stallMs: number;
  /** How long requests may go on when the server closes. */
  closeMs: number;
}

const usual: Limits = { bodyBytes: 3 * 1024 * 1024, requestMs: 30_000, stallMs: 30_000, closeMs: 2000 };

export interface ApiServer {
  /** Resolves with the port. Takes `{fd}` for a socket of another network namespace. */
  listen(where: ListenOptions): Promise<number>;
  /** From now on new connections see this certificate; those that are open go on. */
  setIdentity(identity: { key: string; cert: string }): void;
  /** Ends the watches, lets other requests finish, and closes all connections. */
  close(): Promise<void>;
}

const keepAliveMs = 30_000;

/** How long a client has to read why its body was not wanted. */
const unreadGraceMs = 1000;

/** One for all: an error of its own for every request would cost more than its answer's headers. */
const closed = new Error('the request is over');

const log = logger('apiserver');

export function createServer(options: ServerOptions): ApiServer {
  const limits: Limits = { ...usual, ...options.limits };
  const server = createSecureServer({
    allowHTTP1: true,
    key: options.tls.key,
    cert: options.tls.cert,
    ca: options.tls.clientCa,
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    // Bodies have a limit of their own, and those that are passed on may take as long as they like.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(limits.requestMs, 10_000),
    // One connection of a client-go program carries all its watches.
    settings: { maxConcurrentStreams: 1000 },
  } as Parameters<typeof createSecureServer>[0]);
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<Http2Session>();
  const open = new Set<AbortController>();

  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    // A client that vanished without a word is noticed some time.
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('request', (incoming: Incoming, response: Outgoing) => {
    const gone = new AbortController();
    open.add(gone);
    response.on('close', () => {
      open.delete(gone);
      gone.abort(closed);
    });
    void serve(options, limits, incoming, response, gone.signal);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    void upgraded(options, incoming, socket, head);
  });

  return {
    async listen(where) {
      server.listen(where);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    setIdentity: (identity) => server.setSecureContext({ ...identity, ca: options.tls.clientCa }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const request of open) request.abort();
      for (const session of sessions) session.close();
      const late = setTimeout(() => endAll(sockets), limits.closeMs);
      if (open.size === 0) endAll(sockets);
      await closed;
      clearTimeout(late);
    },
  };
}

function endAll(sockets: Iterable<TLSSocket>): void {
  for (const socket of sockets) socket.destroy();
}

async function serve(
  options: ServerOptions,
  limits: Limits,
  incoming: Incoming,
  response: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  incoming.on('error', () => {});
  response.on('error', () => {});
  const answer = await answerTo(options, limits, incoming, signal);
  try {
    const isRead = () => 'passed' in answer || !isUnread(incoming);
    if (!isRead() && incoming.httpVersionMajor === 1) await letPass(incoming);
    const unread = !isRead();
    // What was not read of a body would be taken for the next request.
    if (unread && incoming.httpVersionMajor === 1) response.setHeader('connection', 'close');
    await respond(response, answer, {
      format: formatFor(incoming.headers.accept),
      gzip: acceptsGzip(String(incoming.headers['accept-encoding'] ?? '')),
      pretty: wantsPretty(incoming.url, incoming.headers['user-agent']),
      headOnly: incoming.method === 'HEAD',
      stallMs: limits.stallMs,
    });
    if (unread && 'stream' in response) closeLater(response);
  } catch (err) {
    if (signal.aborted || response.destroyed) return;
    await lastWord(response, err);
  }
}

const passMs = 1_000;

/** Over HTTP/1.1 the end of an unread connection is a reset, which may overtake the answer: the rest may come in first. */
async function letPass(incoming: Incoming): Promise<void> {
  incoming.resume();
  await once(incoming, 'close', { signal: AbortSignal.timeout(passMs) }).catch(() => {});
}

/**
 * RFC 9113, section 8.1: the client need not send the rest of its body. A reset may overtake the answer, so
 * it has to wait until that was read.
 */
function closeLater({ stream }: Http2ServerResponse): void {
  const timer = setTimeout(() => stream.close(), unreadGraceMs);
  stream.on('close', () => clearTimeout(timer));
}

async function answerTo(
  { authenticate, authorizer, handler, onUnauthorized }: ServerOptions,
  limits: Limits,
  incoming: Incoming,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const head = readHead(incoming, signal);
    // Whom somebody may act as is decided together with who he is.
    await authorizer.caughtUp?.();
    const user = await authenticate({ ...identityOf(incoming), headers: head.headers });
    if (!user) {
      onUnauthorized?.(head);
      throw unauthorized();
    }
    if (isPassedOn(head.path)) return await handler({ ...requestOf(head, user), wire: wireOf(incoming) });
    const body = await readBody(incoming, { bytes: limits.bodyBytes, timeoutMs: limits.requestMs });
    return await handler(requestOf(head, user, body));
  } catch (err) {
    const status = statusOf(err, log);
    return { code: status.code, object: status };
  }
}

/** The answer could not be written as asked (406), or its source failed in the middle. */
async function lastWord(response: Outgoing, err: unknown): Promise<void> {
  if (response.headersSent) {
    if (!(err instanceof StatusError)) log.warn(`an answer broke off: ${(err as Error).message}`);
    drop(response);
    return;
  }
  const object = statusOf(err, log);
  const options = { format: 'json', headOnly: false, stallMs: usual.stallMs } as const;
  await respond(response, { code: object.code, object }, options).catch(() => drop(response));
}
