/**
 * What a service account token says. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */

import type { Claims } from '../../lib/pki/jwt.ts';
import { serviceAccountUserName } from './groups.ts';

export interface ObjectRef {
  name: string;
  uid: string;
}

/** Times are seconds since 1970, as RFC 7519 has them. */
export interface ServiceAccountClaims {
  iss: string;
  sub: string;
  aud: readonly string[];
  exp: number;
  iat: number;
  nbf: number;
  jti: string;
  'kubernetes.io': {
    namespace: string;
    serviceaccount: ObjectRef;
    pod?: ObjectRef;
    node?: ObjectRef;
    secret?: ObjectRef;
  };
}

/** The claims when they have the form of a service account token's; `undefined` for any other token. */
export function serviceAccountClaims(claims: Claims): ServiceAccountClaims | undefined {
  const { iss, sub, aud, exp, iat, nbf, jti } = claims;
  const bound = refsOf(claims['kubernetes.io']);
  if (!bound || sub !== serviceAccountUserName(bound.namespace, bound.serviceaccount.name)) return undefined;
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(audiences) || !audiences.every((a) => typeof a === 'string')) return undefined;
  if (typeof iss !== 'string' || typeof jti !== 'string') return undefined;
  if (typeof exp !== 'number' || typeof iat !== 'number' || typeof nbf !== 'number') return undefined;
  return { iss, sub, aud: audiences, exp, iat, nbf, jti, 'kubernetes.io': bound };
}

function refsOf(value: unknown): ServiceAccountClaims['kubernetes.io'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { namespace, serviceaccount, pod, node, secret } = value as Record<string, unknown>;
  if (typeof namespace !== 'string' || !isRef(serviceaccount)) return undefined;
  // A binding that cannot be read must not be taken for none.
  if (![pod, node, secret].every((ref) => ref === undefined || isRef(ref))) return undefined;
  return {
    namespace,
    serviceaccount,
    ...(isRef(pod) && { pod }),
    ...(isRef(node) && { node }),
    ...(isRef(secret) && { secret }),
  };
}

function isRef(value: unknown): value is ObjectRef {
  if (typeof value !== 'object' || value === null) return false;
  const { name, uid } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof uid === 'string';
}
