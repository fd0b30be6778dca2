/** `pods/log`: what the kubelet says is passed on as it comes. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { internal, StatusError } from '../../api/errors.ts';
import { type Dial, textOf, unreachable } from './dial.ts';

export interface LogAnswer {
  code: 200;
  contentType: string;
  body: Readable | '';
}

const contentType = 'text/plain; charset=utf-8';

/** The answer when there is nothing to ask a kubelet about. */
export const emptyLog: LogAnswer = { code: 200, contentType, body: '' };

/** Resolves when the kubelet begins to answer; rejects with a `StatusError` when it has an error to tell. */
export async function fetchLog(
  dial: Dial,
  address: string,
  path: string,
  signal: AbortSignal,
): Promise<LogAnswer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const req = dial({ address, path, method: 'GET', signal });
    req.once('response', resolve);
    req.once('error', (cause) => reject(unreachable(cause)));
    req.end();
  });
  const code = answer.statusCode ?? 500;
  if (code < 200 || code > 206) throw kubeletError(code, await textOf(answer));
  return { code: 200, contentType, body: answer };
}

/** https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#http-status-codes */
const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** A kubelet tells its errors as plain text. */
function kubeletError(code: number, text: string): StatusError {
  const reason = reasons[code];
  if (!reason) return internal(text || `the kubelet answered ${code}`);
  return new StatusError(code, reason, text || `the kubelet answered ${code}`, {});
}
