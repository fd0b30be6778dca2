/** What a token Secret is to have in it. */
import type { Secret, ServiceAccount } from '../../api/types.ts';
import type { Claims } from '../../lib/pki/jwt.ts';

const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

export const isTokenSecret = ({ type }: Secret): boolean => type === 'kubernetes.io/service-account-token';

/** `namespace/name` of the account that it is for. */
export const accountOf = ({ metadata }: Secret): string =>
  `${metadata.namespace ?? ''}/${metadata.annotations?.[nameAnnotation] ?? ''}`;

const base64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * The secret with token, certificate and namespace; itself when nothing is missing; `undefined` when it was
 * made for an earlier account of that name.
 */
export function filledIn(
  secret: Secret,
  account: ServiceAccount,
  caCertificate: string,
  sign: (claims: Claims) => string,
): Secret | undefined {
  const { metadata, data = {} } = secret;
  const { uid = '' } = account.metadata;
  const saidUid = metadata.annotations?.[uidAnnotation];
  if (saidUid !== undefined && saidUid !== '' && saidUid !== uid) return undefined;
  const wanted = {
    'ca.crt': base64(caCertificate),
    namespace: base64(metadata.namespace ?? ''),
    token: data['token'] || base64(sign(claimsOf(secret, account))),
  };
  const isWhole = saidUid === uid && Object.entries(wanted).every(([key, value]) => data[key] === value);
  if (isWhole) return secret;
  return {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [uidAnnotation]: uid } },
    data: { ...data, ...wanted },
  };
}

function claimsOf({ metadata }: Secret, account: ServiceAccount): Claims {
  const { name, uid = '', namespace = '' } = account.metadata;
  const word = 'kubernetes.io/serviceaccount';
  return {
    iss: 'kubernetes/serviceaccount',
    [`${word}/namespace`]: namespace,
    [`${word}/secret.name`]: metadata.name,
    [`${word}/service-account.name`]: name,
    [`${word}/service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}
