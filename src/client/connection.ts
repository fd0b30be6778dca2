/**
 * One HTTP/2 connection to an API server, made when it is first needed and again when it was lost.
 * All requests and watches of a component share it.
 */
import http2 from 'node:http2';
import type net from 'node:net';
import tls from 'node:tls';

export interface ApiEndpoint {
  /** `https://127.0.0.1:6443`; with a path where several clusters stand behind one server. */
  server: string;
  /** PEM. Without it the system's authorities are trusted. */
  ca?: string;
  cert?: string;
  key?: string;
  /** Asked for each request in the place of `cert` and `key`, because certificates are renewed. */
  identity?: () => { cert: string; key: string };
  /** Under which name it writes; `switchboard` when absent. */
  userAgent?: string;
  /** Asked for each request, because projected tokens are renewed. */
  token?: () => string | undefined;
  /** Makes the TCP connection, for a caller that stands in another network namespace. */
  connect?: () => net.Socket;
  /** `insecure-skip-tls-verify` of a kubeconfig. */
  insecure?: boolean;
}

export interface Reply {
  code: number;
  headers: http2.IncomingHttpHeaders;
  stream: http2.ClientHttp2Stream;
}

/** A server that vanished without a word (a pulled plug) is noticed after two of these. */
const pingIntervalMs = 5_000;

export class Connection {
  readonly #endpoint: ApiEndpoint;
  /** Before the path of every request. */
  readonly #base: string;
  #session: http2.ClientHttp2Session | undefined;
  /** Whose certificate the session was made with. */
  #cert: string | undefined;

  constructor(endpoint: ApiEndpoint) {
    this.#endpoint = endpoint;
    this.#base = new URL(endpoint.server).pathname.replace(/\/+$/, '');
  }

  /** Sends a request; resolves when the answer's headers are there. */
  request(
    method: string,
    path: string,
    options: { body?: string; contentType?: string; accept?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(new Error('The request was given up'));
      const token = this.#endpoint.token?.();
      const stream = this.#connected().request(
        {
          ':method': method,
          ':path': this.#base + path,
          accept: options.accept ?? 'application/json',
          'user-agent': this.#endpoint.userAgent ?? 'switchboard',
          ...(token && { authorization: `Bearer ${token}` }),
          ...(options.body !== undefined && { 'content-type': options.contentType ?? 'application/json' }),
        },
        { endStream: options.body === undefined },
      );
      const abort = () => stream.close(http2.constants.NGHTTP2_CANCEL);
      options.signal?.addEventListener('abort', abort, { once: true });
      stream.on('close', () => {
        options.signal?.removeEventListener('abort', abort);
        reject(new Error(`Cannot reach ${this.#endpoint.server}: the connection was closed`));
      });
      stream.on('error', (cause) =>
        reject(new Error(`Cannot reach ${this.#endpoint.server}: ${cause.message}`)),
      );
      stream.on('response', (headers) => resolve({ code: Number(headers[':status']), headers, stream }));
      if (options.body !== undefined) stream.end(options.body);
    });
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #connected(): http2.ClientHttp2Session {
    const { server, ca, connect, insecure } = this.#endpoint;
    const { cert, key } = this.#endpoint.identity?.() ?? this.#endpoint;
    if (this.#session && !this.#session.closed && !this.#session.destroyed) {
      if (cert === this.#cert) return this.#session;
      // Who has a new certificate shows it on a new connection; what runs on the old one goes on.
      this.#session.close();
    }
    this.#cert = cert;
    const url = new URL(server);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const session = http2.connect(server, {
      createConnection: () =>
        tls.connect({
          ...(connect ? { socket: connect() } : { host, port: Number(url.port || 443) }),
          servername: /^[\d.]+$|:/.test(host) ? '' : host,
          checkServerIdentity: (_name, peer) => tls.checkServerIdentity(host, peer),
          ALPNProtocols: ['h2'],
          rejectUnauthorized: !insecure,
          ...(ca !== undefined && { ca }),
          ...(cert !== undefined && { cert }),
          ...(key !== undefined && { key }),
        }),
      settings: { initialWindowSize: 1 << 20 },
    });
    session.on('error', () => {});
    const keepAlive = setInterval(() => ping(session), pingIntervalMs).unref();
    session.on('close', () => clearInterval(keepAlive));
    this.#session = session;
    return session;
  }
}

function ping(session: http2.ClientHttp2Session): void {
  const lost = setTimeout(() => session.destroy(new Error('no answer to a ping')), pingIntervalMs).unref();
  try {
    session.ping(() => clearTimeout(lost));
  } catch {
    clearTimeout(lost);
  }
}
