/** Requests that want to be a stream of bytes (exec, attach, port-forward): allowed here, then passed on. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { unauthorized } from '../../api/errors.ts';
import type { Status } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import { statusOf, unknownPath } from '../answer/answers.ts';
import type { Authenticator } from '../authn/index.ts';
import { attributesOf, authorize } from '../authorize.ts';
import type { Authorizer } from '../authz/contract.ts';
import type { ApiRequest } from '../contract.ts';
import { streamLabels } from '../observe/measure.ts';
import type { Metrics } from '../observe/metrics.ts';
import { parsePath } from '../request/path.ts';
import { isProxied } from '../subresources/index.ts';
import { withBearer } from './bearerProtocol.ts';
import { identityOf } from './peer.ts';
import { readHead, requestOf, wireOf } from './request.ts';

/** Takes over the socket of a request that its user may make. Only the head was read. */
export type UpgradeHandler = (
  request: ApiRequest,
  socket: Duplex,
  head: Uint8Array,
  incoming: IncomingMessage,
) => Promise<void> | void;

export interface UpgradeOptions {
  authenticate: Authenticator;
  authorizer: Authorizer;
  upgrade?: UpgradeHandler;
  /** Told of streams that go on. */
  metrics?: Metrics;
}

const log = logger('apiserver');

export async function upgraded(
  { authenticate, authorizer, upgrade, metrics }: UpgradeOptions,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => gone.abort());
  socket.on('close', () => gone.abort());
  try {
    const request = readHead(incoming, gone.signal);
    const headers = withBearer(request.headers);
    await authorizer.caughtUp?.();
    const user = await authenticate({ ...identityOf(incoming), headers });
    if (!user) throw unauthorized();
    const allowed = { ...requestOf({ ...request, headers }, user), wire: wireOf(incoming) };
    authorizeUpgrade(authorizer, allowed);
    if (!upgrade) throw unknownPath();
    if (socket.destroyed) return;
    const ended = metrics?.beginLong(streamLabels(allowed));
    if (ended) socket.once('close', ended);
    await upgrade(allowed, socket, head, incoming);
  } catch (err) {
    refuse(socket, statusOf(err, log));
  }
}

/** Somebody who may only read must not run commands, so a stream takes the right to create, whatever its method. */
function authorizeUpgrade(authorizer: Authorizer, request: ApiRequest): void {
  const target = parsePath(request.path);
  if (!target || !isProxied(target.group, target.plural, target.subresource)) throw unknownPath();
  const attributes = attributesOf(request, target);
  const reads = target.subresource === 'proxy' || target.subresource === 'log';
  authorize(authorizer, reads ? attributes : { ...attributes, verb: 'create' });
}

function refuse(socket: Duplex, status: Status): void {
  if (socket.destroyed) return;
  const body = `${JSON.stringify(status)}\n`;
  socket.end(
    [
      `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? 'Error'}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
