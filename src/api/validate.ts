/** Is this object good, and may it become that one? What is wrong is said in Kubernetes' words. */
import type { FieldError } from './errors.ts';
import type { Kind } from './kind.ts';
import type { KubeObject } from './types.ts';
import { validateMetadata, validateMetadataUpdate } from './validate/metadata.ts';

/** What is wrong with a new object whose defaults are set. Empty: it may be stored. */
export const validateCreate = <T extends KubeObject>(kind: Kind<T>, object: T): FieldError[] => [
  ...validateAlways(kind, object),
  ...(kind.validateCreate?.(object) ?? []),
];

const validateAlways = <T extends KubeObject>(kind: Kind<T>, object: T): FieldError[] => [
  ...validateMetadata(kind as Kind, object),
  ...(kind.validate?.(object) ?? []),
];

/** What is wrong with changing `old` into `object`, through a subresource or as a whole. */
export const validateUpdate = <T extends KubeObject>(
  kind: Kind<T>,
  object: T,
  old: T,
  subresource = '',
): FieldError[] => {
  const ofSubresource = kind.validateSubresource?.[subresource];
  return [
    ...validateMetadataUpdate(object, old),
    ...validateAlways(kind, object),
    ...(ofSubresource ? ofSubresource(object, old) : (kind.validateUpdate?.(object, old) ?? [])),
  ];
};
