/** Keys that sign service account tokens. */
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** A new ECDSA P-256 key as PKCS #8 PEM; its tokens are ES256. The public half is inside. */
export function createSigningKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}

/** The public half of a private key, as PEM. */
export function publicKeyOf(privateKeyPem: string): string {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }) as string;
}

/** The `kid` of a key: the SHA-256 of its public half, as Kubernetes makes it. */
export function keyId(keyPem: string): string {
  const der = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64url');
}
