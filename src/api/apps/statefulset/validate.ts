import { validateClaimSpec } from '../../core/persistentvolumeclaim/validate.ts';
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isDnsLabel } from '../../names.ts';
import type { StatefulSet } from '../../types.ts';
import { each, isSame, named, nonNegative } from '../../validate/checks.ts';
import { validateWorkload } from '../validateWorkload.ts';

type Spec = NonNullable<StatefulSet['spec']>;
type ClaimTemplate = NonNullable<Spec['volumeClaimTemplates']>[number];

export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  if (!spec) return [];
  return [
    ...validateWorkload(withClaims(spec), 'empty selector is invalid for statefulset'),
    ...each('spec.volumeClaimTemplates', spec.volumeClaimTemplates, validateTemplate),
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

/** With what its pods will have: a volume for each of its claims. */
function withClaims(spec: Spec): Spec {
  const { template, volumeClaimTemplates: claims = [] } = spec;
  if (claims.length === 0 || !template?.spec) return spec;
  const own = template.spec.volumes ?? [];
  const names = claims.flatMap(({ metadata }) => metadata?.name ?? []);
  const added = names
    .filter((name) => !own.some((volume) => volume.name === name))
    .map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...spec, template: { ...template, spec: { ...template.spec, volumes: [...own, ...added] } } };
}

const validateTemplate = ({ metadata, spec }: ClaimTemplate, field: string): FieldError[] => [
  ...named(`${field}.metadata.name`, metadata?.name, isDnsLabel),
  ...validateClaimSpec(`${field}.spec`, spec ?? {}),
];

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
