/**
 * A bearer token in the list of subprotocols of a WebSocket: browsers cannot set headers on these.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/ and KEP-4006
 */
import { unauthorized } from '../../api/errors.ts';
import type { ApiRequest } from '../contract.ts';

const prefix = 'base64url.bearer.authorization.k8s.io.';

/**
 * The headers with the token where it belongs, and the other subprotocols, of which there must be one: the token is
 * never echoed. Throws a 401 for a list that has two tokens, or one that cannot be read.
 */
export function withBearer(headers: ApiRequest['headers']): ApiRequest['headers'] {
  const list = headers['sec-websocket-protocol'];
  if (headers['upgrade']?.toLowerCase() !== 'websocket' || !list?.includes(prefix)) return headers;
  const protocols = list.split(',').map((protocol) => protocol.trim());
  const [token, ...more] = protocols.filter((protocol) => protocol.startsWith(prefix));
  if (token === undefined) return headers;
  const others = protocols.filter((protocol) => !protocol.startsWith(prefix));
  const encoded = token.slice(prefix.length);
  if (more.length > 0 || others.length === 0 || !/^[\w-]+$/.test(encoded)) throw unauthorized();
  return {
    authorization: `Bearer ${Buffer.from(encoded, 'base64url').toString()}`,
    ...headers,
    'sec-websocket-protocol': others.join(', '),
  };
}
