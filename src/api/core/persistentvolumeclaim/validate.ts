/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/ */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import { milliOf } from '../../quantity.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { isSame, oneOf, optional } from '../../validate/checks.ts';
import { validateAccessModes } from '../persistentvolume/validateAccessModes.ts';

type Spec = NonNullable<PersistentVolumeClaim['spec']>;

export const validateClaim = ({ spec }: PersistentVolumeClaim): FieldError[] =>
  validateClaimSpec('spec', spec ?? {});

/** Also of a template: `field` is where it stands. */
export function validateClaimSpec(field: string, spec: Spec): FieldError[] {
  const { accessModes = [], storageClassName, volumeMode = 'Filesystem' } = spec;
  return [
    ...(accessModes.length === 0
      ? [fieldRequired(`${field}.accessModes`, 'at least 1 access mode is required')]
      : validateAccessModes(`${field}.accessModes`, accessModes)),
    ...validateSize(`${field}.resources[storage]`, storageOf(spec)),
    ...optional(`${field}.storageClassName`, storageClassName, isDnsSubdomain),
    ...oneOf(`${field}.volumeMode`, volumeMode, ['Block', 'Filesystem']),
  ];
}

const storageOf = (spec: Spec | undefined): string | undefined => spec?.resources?.requests?.['storage'];

function validateSize(field: string, size: string | undefined): FieldError[] {
  if (size === undefined) return [fieldRequired(field)];
  return milliOf(size) > 0n ? [] : [fieldInvalid(field, size, 'must be greater than zero')];
}

export function validateClaimUpdate(
  { spec = {} }: PersistentVolumeClaim,
  { spec: old = {}, status }: PersistentVolumeClaim,
): FieldError[] {
  const allowed = withAllowedChanges(old, spec, status?.phase === 'Bound');
  if (!isSame(spec, allowed))
    return [
      fieldForbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    ];
  const [size, before] = [milliOf(storageOf(spec) ?? '0'), milliOf(storageOf(old) ?? '0')];
  const given = milliOf(status?.capacity?.['storage'] ?? '0');
  return size < before && (size < given || given === 0n)
    ? [fieldForbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
    : [];
}

/** The old spec with what of the new one may differ: a volume and a class come once, a bound claim may grow. */
function withAllowedChanges(old: Spec, spec: Spec, isBound: boolean): Spec {
  const given: Spec = { ...old };
  if (!old.volumeName && spec.volumeName) given.volumeName = spec.volumeName;
  if (old.storageClassName === undefined && spec.storageClassName !== undefined)
    given.storageClassName = spec.storageClassName;
  if (isBound && spec.resources?.requests)
    given.resources = { ...old.resources, requests: { ...old.resources?.requests, ...storage(spec) } };
  if (isBound && spec.volumeAttributesClassName !== undefined)
    given.volumeAttributesClassName = spec.volumeAttributesClassName;
  return given;
}

const storage = (spec: Spec) => {
  const size = storageOf(spec);
  return size === undefined ? {} : { storage: size };
};
