import { type FieldError, fieldInvalid, fieldRequired, fieldTooLong } from '../../errors.ts';
import type { Secret } from '../../types.ts';
import { immutable } from '../../validate/checks.ts';
import { decodedBytes, MAX_DATA_BYTES, validateImmutable, validateKeys } from '../../validate/keys.ts';

/** Keys that a secret of a type must have: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

export function validateSecret(secret: Secret): FieldError[] {
  const { data } = secret;
  const wrong = validateKeys('data', data);
  if (decodedBytes(data) > MAX_DATA_BYTES) wrong.push(fieldTooLong('data', MAX_DATA_BYTES));
  return [...wrong, ...validateType(secret)];
}

function validateType({ type = '', data = {}, metadata }: Secret): FieldError[] {
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[ACCOUNT_NAME])
    return [fieldRequired(`metadata.annotations[${ACCOUNT_NAME}]`)];
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined)
    return [fieldRequired('data[username]'), fieldRequired('data[password]')];
  const missing = (keysOfType[type] ?? []).filter((key) => data[key] === undefined);
  if (missing.length > 0) return missing.map((key) => fieldRequired(`data[${key}]`));
  return validateDockerConfig(type, data);
}

function validateDockerConfig(type: string, data: Record<string, string>): FieldError[] {
  const [key = ''] = type.startsWith('kubernetes.io/docker') ? (keysOfType[type] ?? []) : [];
  const encoded = data[key];
  if (encoded === undefined) return [];
  try {
    JSON.parse(Buffer.from(encoded, 'base64').toString());
    return [];
  } catch (err) {
    return [
      fieldInvalid(`data[${key}]`, '<secret contents redacted>', err instanceof Error ? err.message : ''),
    ];
  }
}

export const validateSecretUpdate = (now: Secret, old: Secret): FieldError[] => [
  ...immutable('type', now.type, old.type),
  ...validateImmutable(now, old, ['data']),
];
