import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import type { StatefulSet } from '../../types.ts';
import { isSame, nonNegative } from '../../validate/checks.ts';
import { validateWorkload } from '../validateWorkload.ts';

type Spec = NonNullable<StatefulSet['spec']>;

export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  if (!spec) return [];
  return [
    ...validateWorkload(spec, 'empty selector is invalid for statefulset'),
    ...choice('spec.podManagementPolicy', spec.podManagementPolicy, ['OrderedReady', 'Parallel']),
    ...choice('spec.updateStrategy.type', spec.updateStrategy?.type, ['RollingUpdate', 'OnDelete']),
    ...nonNegative(
      'spec.updateStrategy.rollingUpdate.partition',
      spec.updateStrategy?.rollingUpdate?.partition,
    ),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...validateRetention(spec),
  ];
}

/** Of a StatefulSet these are said in words of their own. */
function choice(field: string, value: string | undefined, [one, other]: [string, string]): FieldError[] {
  if (!value) return [fieldRequired(field)];
  return value === one || value === other
    ? []
    : [fieldInvalid(field, value, `must be '${one}' or '${other}'`)];
}

function validateRetention({ persistentVolumeClaimRetentionPolicy: policy }: Spec): FieldError[] {
  const at = 'spec.persistentVolumeClaimRetentionPolicy';
  return [
    ...choice(`${at}.whenDeleted`, policy?.whenDeleted, ['Delete', 'Retain']),
    ...choice(`${at}.whenScaled`, policy?.whenScaled, ['Delete', 'Retain']),
  ];
}

const MAY_CHANGE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export function validateStatefulSetUpdate({ spec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  const frozen = (s: Spec | undefined) =>
    Object.fromEntries(Object.entries(s ?? {}).filter(([key]) => !MAY_CHANGE.includes(key)));
  if (isSame(frozen(spec), frozen(old))) return [];
  const names = MAY_CHANGE.map((name) => `'${name}'`);
  return [
    fieldForbidden(
      'spec',
      `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`,
    ),
  ];
}
