import { type FieldError, fieldInvalid, fieldTooLong } from '../../errors.ts';
import type { ConfigMap } from '../../types.ts';
import {
  decodedBytes,
  MAX_DATA_BYTES,
  textBytes,
  validateImmutable,
  validateKeys,
} from '../../validate/keys.ts';

export function validateConfigMap({ data, binaryData }: ConfigMap): FieldError[] {
  const wrong = [
    ...validateKeys('data', data),
    ...validateKeys('binaryData', binaryData),
    ...Object.keys(data ?? {})
      .filter((key) => binaryData?.[key] !== undefined)
      .map((key) => fieldInvalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
  ];
  if (textBytes(data) + decodedBytes(binaryData) > MAX_DATA_BYTES)
    wrong.push(fieldTooLong('[]', MAX_DATA_BYTES));
  return wrong;
}

export const validateConfigMapUpdate = (now: ConfigMap, old: ConfigMap): FieldError[] =>
  validateImmutable(now, old, ['data', 'binaryData']);
