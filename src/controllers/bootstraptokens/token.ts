/** Bootstrap tokens as they stand in Secrets. https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/ */
import type { Secret } from '../../api/types.ts';

export const isBootstrapSecret = ({ type, metadata }: Secret): boolean =>
  type === 'bootstrap.kubernetes.io/token' && metadata.namespace === 'kube-system';

export const valueOf = ({ data }: Secret, key: string): string =>
  Buffer.from(data?.[key] ?? '', 'base64').toString();

/** In milliseconds since 1970; nothing when it does not end. What cannot be read ends at once. */
export function expiresAtMs(secret: Secret): number | undefined {
  const text = valueOf(secret, 'expiration');
  if (text === '') return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? 0 : atMs;
}
