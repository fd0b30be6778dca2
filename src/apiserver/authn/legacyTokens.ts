/**
 * Tokens that stand in a Secret and do not end by themselves: they hold as long as the Secret has them and
 * their account is there.
 * https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
 */
import { timingSafeEqual } from 'node:crypto';
import type { Claims } from '../../lib/pki/jwt.ts';
import type { User } from '../contract.ts';
import { authenticatedGroup, serviceAccountGroups, serviceAccountUserName } from './groups.ts';
import type { TokenLookup } from './lookup.ts';

export const legacyIssuer = 'kubernetes/serviceaccount';

const word = 'kubernetes.io/serviceaccount';

/** Whom the token stands for; rejects with an `Error` that says why it does not hold. */
export async function legacyUser(
  token: string,
  claims: Claims,
  lookup: Pick<TokenLookup, 'secret' | 'serviceAccount'>,
): Promise<User> {
  const claim = (name: string): string => {
    const value = claims[`${word}/${name}`];
    return typeof value === 'string' ? value : '';
  };
  const namespace = claim('namespace');
  const [secretName, name, uid] = [
    claim('secret.name'),
    claim('service-account.name'),
    claim('service-account.uid'),
  ];
  const userName = serviceAccountUserName(namespace, name);
  if (claims['sub'] !== userName) throw new Error('invalid bearer token');
  const secret = await lookup.secret(namespace, secretName);
  if (!secret || secret.metadata.deletionTimestamp || !isToken(secret.data?.['token'], token))
    throw new Error('service account token has been invalidated');
  const account = await lookup.serviceAccount(namespace, name);
  if (account?.metadata.uid !== uid) throw new Error('service account token has been invalidated');
  return { name: userName, uid, groups: [...serviceAccountGroups(namespace), authenticatedGroup] };
}

function isToken(base64: string | undefined, token: string): boolean {
  const stored = Buffer.from(base64 ?? '', 'base64');
  const shown = Buffer.from(token);
  return stored.length === shown.length && timingSafeEqual(stored, shown);
}
