/** A request off the wire as an {@link ApiRequest}; the body is read with limits in size and time. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { StatusError, tooLarge } from '../../api/errors.ts';
import { notAllowed } from '../answer/answers.ts';
import type { ApiRequest, User, Wire } from '../contract.ts';
import { todaysWatch } from './watchPath.ts';

export type Incoming = IncomingMessage | Http2ServerRequest;

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export type Head = Omit<ApiRequest, 'body' | 'user' | 'wire'>;

/** Everything but the body and who asks. */
export function readHead(incoming: Incoming, signal: AbortSignal): Head {
  const method = incoming.method ?? '';
  const url = incoming.url ?? '/';
  if (!methods.has(method)) throw notAllowed();
  const [path, search = ''] = splitOnce(url, '?');
  return {
    method: method as ApiRequest['method'],
    ...todaysWatch({ path, query: new URLSearchParams(search) }),
    headers: flatten(incoming.headers),
    signal,
    ...addressOf(incoming),
  };
}

/** The request as it comes, for who passes it on. */
export const wireOf = (incoming: Incoming): Wire => ({
  body: incoming,
  search: splitOnce(incoming.url ?? '', '?')[1] ?? '',
  ...addressOf(incoming),
});

const addressOf = ({ socket }: Incoming): { clientAddress?: string } =>
  socket.remoteAddress === undefined ? {} : { clientAddress: socket.remoteAddress };

export const requestOf = (head: Head, user: User, body: Uint8Array = new Uint8Array()): ApiRequest => ({
  ...head,
  user,
  body,
});

export interface BodyLimits {
  bytes: number;
  /** A body that is not there after so long never will be. */
  timeoutMs: number;
}

/** Rejects with a 413 for what is too long and a 408 for what takes too long; the rest is then not kept. */
export function readBody(incoming: Incoming, limits: BodyLimits): Promise<Uint8Array> {
  if (!withBody.has(incoming.method ?? '')) return Promise.resolve(new Uint8Array());
  if (Number(incoming.headers['content-length'] ?? 0) > limits.bytes)
    return Promise.reject(tooLarge(limits.bytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => give(() => reject(timeout(limits.timeoutMs))), limits.timeoutMs);
    let given = false;
    const give = (settle: () => void) => {
      if (given) return;
      given = true;
      clearTimeout(timer);
      incoming.off('data', onData);
      // What still comes must not stop the connection.
      incoming.resume();
      settle();
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.bytes) give(() => reject(tooLarge(limits.bytes)));
      else chunks.push(chunk);
    };
    incoming.on('data', onData);
    incoming.on('end', () =>
      give(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))),
    );
    incoming.on('error', (err) => give(() => reject(err)));
    incoming.on('close', () => give(() => reject(new Error('the client went away'))));
  });
}

/** Whether there is, or may still come, more of the body than was read. */
export const isUnread = (incoming: Incoming): boolean =>
  withBody.has(incoming.method ?? '') && !incoming.readableEnded;

const timeout = (ms: number) =>
  new StatusError(408, 'Timeout', `Cannot read the body: it was not complete after ${ms} ms`);

function flatten(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
