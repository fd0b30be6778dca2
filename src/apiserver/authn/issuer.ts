/**
 * How others verify service account tokens without asking: the issuer's description and public keys.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
 */
import { createPublicKey } from 'node:crypto';
import { keyId } from '../../lib/pki/signingKey.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import type { ServiceAccountTokens } from './tokens.ts';

type Issuer = Pick<ServiceAccountTokens, 'issuer' | 'publicKeys'>;

const keysPath = '/openid/v1/jwks';

/** `undefined` for a request that is about something else. */
export async function issuerAnswer(request: ApiRequest, tokens: Issuer): Promise<Answer | undefined> {
  if (request.method !== 'GET') return undefined;
  switch (request.path) {
    case '/.well-known/openid-configuration':
      return json('application/json', {
        issuer: tokens.issuer,
        jwks_uri: `${tokens.issuer}${keysPath}`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      });
    case keysPath:
      return json('application/jwk-set+json', { keys: tokens.publicKeys.map(jwk) });
    default:
      return undefined;
  }
}

const json = (contentType: string, value: object): Answer => ({
  code: 200,
  contentType,
  body: JSON.stringify(value),
});

const jwk = (pem: string) => ({
  use: 'sig',
  alg: 'ES256',
  kid: keyId(pem),
  ...createPublicKey(pem).export({ format: 'jwk' }),
});
