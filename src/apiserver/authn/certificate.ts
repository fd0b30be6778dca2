/** Who a client certificate says somebody is. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates */
import type { User } from '../contract.ts';
import { authenticatedGroup } from './groups.ts';

/** As node's `getPeerCertificate()` gives it; several values of one attribute are a list. */
export interface PeerCertificate {
  subject: { CN?: string | string[]; O?: string | string[] };
}

/** Common name → user, organizations → groups; `undefined` when the certificate names nobody. */
export function userOfCertificate({ subject }: PeerCertificate): User | undefined {
  const [name] = listOf(subject.CN).slice(-1);
  if (!name) return undefined;
  return { name, groups: [...listOf(subject.O), authenticatedGroup] };
}

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
