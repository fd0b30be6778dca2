/** https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/ */
import { type FieldError, fieldRequired } from '../../errors.ts';
import type { VolumeAttributesClass } from '../../types.ts';
import { immutable, named } from '../../validate/checks.ts';

export const validateVolumeAttributesClass = (vac: VolumeAttributesClass): FieldError[] => [
  ...named('driverName', vac.driverName),
  ...(Object.keys(vac.parameters ?? {}).length === 0
    ? [fieldRequired('parameters', 'must contain at least one key/value pair')]
    : []),
];

export const validateVolumeAttributesClassUpdate = (
  now: VolumeAttributesClass,
  old: VolumeAttributesClass,
): FieldError[] => [
  ...immutable('driverName', now.driverName, old.driverName),
  ...immutable('parameters', now.parameters, old.parameters),
];
