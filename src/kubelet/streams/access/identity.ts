/** Who is asking: a client certificate of the cluster's authority, or a bearer token. */
import type { IncomingMessage } from 'node:http';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Authenticate, User } from '../contract.ts';

/** Resolves with `undefined` when the request shows nothing that holds: nobody is anonymous here. */
export async function identify(
  request: IncomingMessage,
  authenticate: Authenticate,
): Promise<User | undefined> {
  const socket = request.socket as TLSSocket;
  const user = socket.authorized ? userOf(socket.getPeerCertificate()) : undefined;
  if (user) return user;
  const token = bearerToken(request.headers.authorization);
  return token === undefined ? undefined : authenticate(token);
}

/** Common name → user, organizations → groups. Without a certificate there is an empty object. */
export function userOf({ subject }: Partial<PeerCertificate>): User | undefined {
  const name = listOf(subject?.CN).at(-1);
  return name ? { name, groups: [...listOf(subject?.O), 'system:authenticated'] } : undefined;
}

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** RFC 6750, section 2.1 */
export const bearerToken = (header = ''): string | undefined => /^bearer +(\S+) *$/i.exec(header)?.[1];
