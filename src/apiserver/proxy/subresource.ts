/** `pods/proxy`, `services/proxy` and `nodes/proxy`: requests and upgraded connections of any kind. */
import type { Answer, ApiRequest } from '../contract.ts';
import { noAnswer, passOn, pathAndQuery, started } from './passOn.ts';
import type { Resolve } from './resolve.ts';
import { requestHeaders } from './rewrite.ts';
import type { ProxyTarget } from './target.ts';
import { joinUpgraded, type Upgrading } from './upgrade.ts';

export async function answerByProxy(
  resolve: Resolve,
  request: ApiRequest,
  target: ProxyTarget,
): Promise<Answer> {
  const { begin, ...at } = await resolve(target);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  // Relative links of a page only hold below a slash.
  if (target.rest === '' && reads) return movedBelow(request, target);
  return passOn(begin, request, target, at);
}

function movedBelow({ wire }: ApiRequest, { base }: ProxyTarget): Answer {
  const location = `${base}/${wire?.search ? `?${wire.search}` : ''}`;
  return { code: 301, contentType: 'text/plain', body: '', headers: { location } };
}

/** Resolves when both sides are joined, or the refusal is on its way. Rejects with a `StatusError`. */
export async function upgradeByProxy(
  resolve: Resolve,
  client: Upgrading,
  target: ProxyTarget,
): Promise<void> {
  const { begin, ...at } = await resolve(target);
  const { request, req } = client;
  const headers = {
    ...requestHeaders(request.headers, target, request.wire?.clientAddress),
    connection: 'Upgrade',
    upgrade: req.headers.upgrade,
  };
  const asked = { method: request.method, path: pathAndQuery(target, request), headers };
  await joinUpgraded(
    () => started(begin, asked),
    client,
    (cause) => noAnswer(cause, at),
  );
}
