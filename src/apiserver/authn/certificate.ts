/** Who a client certificate says somebody is. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates */
import type { User } from '../contract.ts';
import { authenticatedGroup } from './groups.ts';

/** As node's `getPeerCertificate()` gives it; several values of one attribute are a list. */
export interface PeerCertificate {
  subject: { CN?: string | string[]; O?: string | string[] };
  /** SHA-256 of it: pairs of digits with colons between them. */
  fingerprint256?: string;
}

/** Common name → user, organizations → groups; `undefined` when the certificate names nobody. */
export function userOfCertificate({ subject, fingerprint256 }: PeerCertificate): User | undefined {
  const [name] = listOf(subject.CN).slice(-1);
  if (!name) return undefined;
  return {
    name,
    groups: [...listOf(subject.O), authenticatedGroup],
    ...(fingerprint256 && { extra: credentialId(fingerprint256) }),
  };
}

/** By which of his certificates somebody came (KEP-4193). */
const credentialId = (fingerprint: string) => ({
  'authentication.kubernetes.io/credential-id': [
    `X509SHA256=${fingerprint.replaceAll(':', '').toLowerCase()}`,
  ],
});

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
