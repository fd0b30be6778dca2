/** ConfigMaps and Secrets: files by key, which together must not be too large. */
import { type FieldError, fieldForbidden } from '../errors.ts';
import { isConfigKey } from '../names.ts';
import { because, isSame } from './checks.ts';

/** Of all values together. */
export const MAX_DATA_BYTES = 1024 * 1024;

export const validateKeys = (field: string, data: Record<string, string> | undefined): FieldError[] =>
  Object.keys(data ?? {}).flatMap((key) => because(`${field}[${key}]`, key, isConfigKey(key)));

export const textBytes = (data: Record<string, string> = {}): number =>
  Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Bytes that stand for base64 texts. */
export const decodedBytes = (data: Record<string, string> = {}): number =>
  Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);

/** Once `immutable` is set it stays, and so does everything below these fields. */
export function validateImmutable<T extends { immutable?: boolean }>(
  now: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(now.immutable ? [] : [fieldForbidden('immutable', why)]),
    ...fields
      .filter((field) => !isSame(now[field] ?? {}, old[field] ?? {}))
      .map((field) => fieldForbidden(field, why)),
  ];
}
