/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/ */
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import { milliOf } from '../../quantity.ts';
import type { PersistentVolume } from '../../types.ts';
import { each, immutable, isSame, named, oneOf, optional } from '../../validate/checks.ts';
import { validateForeignSource } from '../pod/validateForeignSource.ts';
import { validateNodeTerm } from '../pod/validateScheduling.ts';
import { validateAccessModes } from './validateAccessModes.ts';

type Spec = NonNullable<PersistentVolume['spec']>;

/** Everything else in a spec is the source of the volume. */
const NOT_SOURCE: readonly string[] = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
] satisfies (keyof Spec)[];

const sourceOf = (spec: Spec | undefined) =>
  Object.entries(spec ?? {}).filter(([key]) => !NOT_SOURCE.includes(key));

export function validatePersistentVolume({ spec = {} }: PersistentVolume): FieldError[] {
  return [
    ...(spec.accessModes?.length
      ? validateAccessModes('spec.accessModes', spec.accessModes)
      : [fieldRequired('spec.accessModes')]),
    ...validateCapacity(spec.capacity),
    ...validateSource(spec),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, [
      'Delete',
      'Recycle',
      'Retain',
    ]),
    ...optional('spec.storageClassName', spec.storageClassName, isDnsSubdomain),
    ...oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']),
    ...validateAffinity(spec),
  ];
}

function validateCapacity(capacity: Spec['capacity']): FieldError[] {
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) return [fieldRequired('spec.capacity')];
  const size = capacity?.['storage'];
  if (size === undefined || names.length > 1)
    return [fieldNotSupported('spec.capacity', capacity, ['storage'])];
  return milliOf(size) > 0n
    ? []
    : [fieldInvalid('spec.capacity[storage]', size, 'must be greater than zero')];
}

function validateSource(spec: Spec): FieldError[] {
  const [first, ...others] = sourceOf(spec);
  if (!first) return [fieldRequired('spec', 'must specify a volume type')];
  const wrong = others.map(([type]) =>
    fieldForbidden(`spec.${type}`, 'may not specify more than 1 volume type'),
  );
  if (spec.hostPath) wrong.push(...path('spec.hostPath.path', spec.hostPath.path));
  if (spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle')
    wrong.push(
      fieldForbidden(
        'spec.persistentVolumeReclaimPolicy',
        "may not be 'recycle' for a hostPath mount of '/'",
      ),
    );
  if (spec.local) wrong.push(...path('spec.local.path', spec.local.path));
  wrong.push(...validateForeignSource(`spec.${first[0]}`, first[0], first[1]));
  if (spec.csi) wrong.push(...named('spec.csi.volumeHandle', spec.csi.volumeHandle));
  return wrong;
}

const path = (field: string, value: string): FieldError[] => [
  ...named(field, value),
  ...(value.split('/').includes('..') ? [fieldInvalid(field, value, "must not contain '..'")] : []),
];

function validateAffinity({ nodeAffinity, local }: Spec): FieldError[] {
  const field = 'spec.nodeAffinity';
  if (!nodeAffinity) return local ? [fieldRequired(field, 'Local volume requires node affinity')] : [];
  const { required } = nodeAffinity;
  if (!required) return [fieldRequired(`${field}.required`, 'must specify required node constraints')];
  const at = `${field}.required.nodeSelectorTerms`;
  if (!required.nodeSelectorTerms?.length)
    return [fieldRequired(at, 'must have at least one node selector term')];
  return each(at, required.nodeSelectorTerms, validateNodeTerm);
}

export function validatePersistentVolumeUpdate(
  { spec }: PersistentVolume,
  { spec: old }: PersistentVolume,
): FieldError[] {
  return [
    ...(isSame(sourceOf(spec), sourceOf(old))
      ? []
      : [
          fieldForbidden(
            'spec.persistentvolumesource',
            'spec.persistentvolumesource is immutable after creation',
          ),
        ]),
    ...immutable('spec.volumeMode', spec?.volumeMode, old?.volumeMode),
    ...(old?.nodeAffinity ? immutable('spec.nodeAffinity', spec?.nodeAffinity, old.nodeAffinity) : []),
  ];
}
