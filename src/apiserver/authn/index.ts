/**
 * Who is asking: a client certificate, then a bearer token, then nobody; then whom they wish to act as.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import type { Authorizer } from '../authz/contract.ts';
import type { ApiRequest, User } from '../contract.ts';
import { type PeerCertificate, userOfCertificate } from './certificate.ts';
import { anonymous } from './groups.ts';
import { impersonate } from './impersonation.ts';
import type { ServiceAccountTokens } from './tokens.ts';

/** What the edge knows about the other side of a request. */
export interface Peer {
  /** From `getPeerCertificate()`; absent, or without a subject, when none was shown. */
  certificate?: Partial<PeerCertificate>;
  /** Whether TLS found the certificate to be signed by the cluster's authority and valid now. */
  authorized: boolean;
  headers: ApiRequest['headers'];
}

/**
 * Resolves with the user, which is `system:anonymous` when there are no credentials; with `undefined` when
 * there are some that do not hold (401). Rejects with a `StatusError` when the user may not impersonate whom
 * the headers ask for.
 */
export type Authenticator = (peer: Peer) => Promise<User | undefined>;

export interface AuthenticatorDeps {
  tokens: Pick<ServiceAccountTokens, 'verify'>;
  /** Decides about impersonation. */
  authorizer: Authorizer;
}

export function createAuthenticator({ tokens, authorizer }: AuthenticatorDeps): Authenticator {
  return async (peer) => {
    const user = await credentials(peer, tokens);
    return user && impersonate(user, peer.headers, authorizer);
  };
}

async function credentials(
  { certificate, authorized, headers }: Peer,
  tokens: AuthenticatorDeps['tokens'],
): Promise<User | undefined> {
  const subject = certificate?.subject;
  if (subject && authorized) return userOfCertificate({ ...certificate, subject });
  const token = bearerToken(headers['authorization']);
  if (token !== undefined) {
    return tokens.verify(token).then(
      ({ user }) => user,
      () => undefined,
    );
  }
  return subject ? undefined : anonymous;
}

/** RFC 6750, section 2.1; other schemes are not ours. */
function bearerToken(header = ''): string | undefined {
  const [scheme = '', token = ''] = header.trim().split(/ +/);
  return scheme.toLowerCase() === 'bearer' ? token : undefined;
}
