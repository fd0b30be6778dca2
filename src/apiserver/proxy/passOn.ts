/** A request to a pod, a Service's endpoint or a node, and its answer, both as they come. */
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createGunzip, createInflate } from 'node:zlib';
import { badRequest, type StatusError, serviceUnavailable } from '../../api/errors.ts';
import type { ApiRequest, PassedAnswer } from '../contract.ts';
import type { Destination } from './destination.ts';
import { relinkedPage } from './links.ts';
import { answerHeaders, relocated, requestHeaders } from './rewrite.ts';
import type { ProxyTarget } from './target.ts';

/** Opens a TCP connection. */
export type Connect = (address: { host: string; port: number }) => Socket;

/** Begins a request; the caller listens to its events and ends it. */
export type Begin = (asked: {
  method: string;
  path: string;
  headers: OutgoingHttpHeaders;
  signal?: AbortSignal;
}) => ClientRequest;

/** To a pod: whose certificate it shows cannot be known, so none is checked, as in Kubernetes. */
export function beginAt(
  { scheme, host, port }: Destination,
  connectTimeoutMs: number,
  connect: Connect = (address) => connectTcp(address),
): Begin {
  const open = () => {
    const socket = connect({ host, port });
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('i/o timeout')));
    socket.once('connect', () => socket.setTimeout(0));
    return socket;
  };
  return (asked) =>
    scheme === 'http'
      ? httpRequest({ ...asked, host, port, createConnection: open })
      : httpsRequest({
          ...{ ...asked, host, port },
          createConnection: () =>
            connectTls({ socket: open(), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
        });
}

/** Methods that have a body only when they say so. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** Resolves when the destination begins to answer; rejects with a 503 when it cannot be reached. */
export async function passOn(
  begin: Begin,
  request: ApiRequest,
  target: ProxyTarget,
  { host, port }: Pick<Destination, 'host' | 'port'>,
): Promise<PassedAnswer> {
  const { method, headers, signal, wire } = request;
  const says = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const sends = wire !== undefined && (says || !bodiless.has(method));
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const upstream = started(begin, {
      method,
      path: pathAndQuery(target, request),
      headers: {
        ...requestHeaders(headers, target, wire?.clientAddress),
        ...(sends && headers['content-length'] === undefined && { 'transfer-encoding': 'chunked' }),
      },
      signal,
    });
    upstream.once('response', resolve);
    upstream.on('error', (cause) => reject(noAnswer(cause, { host, port })));
    // A destination that answers before it has read everything may still be asked for the rest.
    if (sends) pipeline(wire.body, upstream, () => {});
    else upstream.end();
  });
  const origins = originsOf({ host, port }, headers['host'] ?? headers[':authority']);
  const code = answer.statusCode ?? 502;
  const answered = answerHeaders(answer.rawHeaders, { base: target.base, origins });
  const page = decodedPage(answer);
  if (!page) return { code, headers: answered, passed: answer };
  const { 'content-length': _, 'content-encoding': __, ...rest } = answered;
  const relink = (link: string) => relocated(link, target.base, origins);
  return { code, headers: rest, passed: method === 'HEAD' ? answer : relinkedPage(page(), relink) };
}

/** Undefined for what is no page, or cannot be read. A redirection's page is for nobody. */
function decodedPage(answer: IncomingMessage): (() => Readable) | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = '', location } = answer.headers;
  if (location !== undefined || !/^\s*text\/html\s*(;|$)/i.test(type)) return undefined;
  if (encoding === '') return () => answer;
  if (encoding === 'gzip') return () => pipeline(answer, createGunzip(), () => {});
  if (encoding === 'deflate') return () => pipeline(answer, createInflate(), () => {});
  return undefined;
}

/** Names by which a destination may speak of itself. */
function originsOf({ host, port }: Pick<Destination, 'host' | 'port'>, authority?: string): Set<string> {
  const at = host.includes(':') ? `[${host}]` : host;
  return new Set([at, `${at}:${port}`, ...(authority ? [authority.toLowerCase()] : [])]);
}

/** A path that HTTP/1.1 cannot say is the client's fault. */
export function started(begin: Begin, asked: Parameters<Begin>[0]): ClientRequest {
  try {
    return begin(asked);
  } catch (err) {
    throw badRequest(`Cannot pass the request on: ${(err as Error).message}`);
  }
}

export function pathAndQuery({ rest }: Pick<ProxyTarget, 'rest'>, { wire, query }: ApiRequest): string {
  const search = wire?.search ?? query.toString();
  return `${rest || '/'}${search && `?${search}`}`;
}

/** In the words of Go's dialer, which people search for. */
export function noAnswer(cause: Error, { host, port }: Pick<Destination, 'host' | 'port'>): StatusError {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const why = whys[(cause as NodeJS.ErrnoException).code ?? ''];
  return serviceUnavailable(
    `error trying to reach service: ${why ? `dial tcp ${at}: connect: ${why}` : cause.message}`,
  );
}

const whys: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
};
