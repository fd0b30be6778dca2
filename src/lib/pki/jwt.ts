/**
 * JSON Web Tokens signed with ES256, as far as service account tokens need them: RFC 7519, RFC 7515.
 * Reading the claims and checking the signature is all: what the claims mean is looked at by the caller.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { keyId } from './signingKey.ts';

/** RFC 7515, section 3.4: the signature is r and s side by side, not DER. */
const dsaEncoding = 'ieee-p1363';

export type Claims = Record<string, unknown>;

/** Makes tokens with this private key (PEM, ECDSA P-256). */
export function tokenSigner(privateKeyPem: string): (claims: Claims) => string {
  const key = createPrivateKey(privateKeyPem);
  const header = encode({ alg: 'ES256', kid: keyId(privateKeyPem) });
  return (claims) => {
    const text = `${header}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding }).toString('base64url')}`;
  };
}

/** Reads tokens that one of these keys (PEM, public or private) signed; `undefined` for any other text. */
export function tokenVerifier(keysPem: readonly string[]): (token: string) => Claims | undefined {
  const keys = new Map<string, KeyObject>(keysPem.map((pem) => [keyId(pem), createPublicKey(pem)]));
  return (token) => {
    const [header, payload, signature, ...more] = token.split('.');
    if (!header || !payload || !signature || more.length > 0) return undefined;
    const { alg, kid } = decode(header) ?? {};
    // The algorithm is ours to choose, never the token's: RFC 8725, section 3.1.
    const key = alg === 'ES256' && typeof kid === 'string' ? keys.get(kid) : undefined;
    if (!key) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify('sha256', signed, { key, dsaEncoding }, Buffer.from(signature, 'base64url')))
      return undefined;
    return decode(payload);
  };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
