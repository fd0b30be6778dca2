import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isConfigKey, isDnsLabel, isDnsSubdomain } from '../../names.ts';
import { milliOf } from '../../quantity.ts';
import type { Volume } from '../../types.ts';
import { each, named, oneOf, unique } from '../../validate/checks.ts';
import { validateClaimSpec } from '../persistentvolumeclaim/validate.ts';
import { FILE_FIELDS, validateFieldRef, validateResourceRef } from './validateEnvironment.ts';
import { validateForeignSource } from './validateForeignSource.ts';

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type KeyToPath = NonNullable<NonNullable<Volume['configMap']>['items']>[number];
type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export const validateVolumes = (field: string, volumes: readonly Volume[] | undefined): FieldError[] => [
  ...each(field, volumes, validateVolume),
  ...unique(
    volumes,
    (v) => v.name,
    (i) => `${field}[${i}].name`,
  ),
];

function validateVolume(volume: Volume, field: string): FieldError[] {
  const types = Object.keys(volume).filter((key) => key !== 'name');
  return [
    ...named(`${field}.name`, volume.name, isDnsLabel),
    ...(types.length === 0 ? [fieldRequired(field, 'must specify a volume type')] : []),
    ...types
      .slice(1)
      .map((type) => fieldForbidden(`${field}.${type}`, 'may not specify more than 1 volume type')),
    ...validateSource(volume, field),
  ];
}

function validateSource(volume: Volume, field: string): FieldError[] {
  const { hostPath, emptyDir, secret, configMap, downwardAPI, projected } = volume;
  const { persistentVolumeClaim: claim, ephemeral } = volume;
  if (claim) return named(`${field}.persistentVolumeClaim.claimName`, claim.claimName, isDnsSubdomain);
  if (ephemeral) return validateEphemeral(`${field}.ephemeral.volumeClaimTemplate`, ephemeral);
  if (hostPath) {
    const at = `${field}.hostPath`;
    return [
      ...named(`${at}.path`, hostPath.path),
      ...backsteps(`${at}.path`, hostPath.path),
      ...oneOf(`${at}.type`, hostPath.type ?? '', HOST_PATH_TYPES),
    ];
  }
  if (emptyDir?.sizeLimit && milliOf(emptyDir.sizeLimit) < 0n)
    return [
      fieldForbidden(`${field}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity'),
    ];
  if (secret)
    return [
      ...named(`${field}.secret.secretName`, secret.secretName),
      ...mode(`${field}.secret.defaultMode`, secret.defaultMode),
      ...validateItems(`${field}.secret.items`, secret.items),
    ];
  if (configMap)
    return [
      ...named(`${field}.configMap.name`, configMap.name),
      ...mode(`${field}.configMap.defaultMode`, configMap.defaultMode),
      ...validateItems(`${field}.configMap.items`, configMap.items),
    ];
  if (downwardAPI)
    return [
      ...mode(`${field}.downwardAPI.defaultMode`, downwardAPI.defaultMode),
      ...each(`${field}.downwardAPI.items`, downwardAPI.items, validateDownwardFile),
    ];
  if (projected)
    return [
      ...mode(`${field}.projected.defaultMode`, projected.defaultMode),
      ...each(`${field}.projected.sources`, projected.sources, validateProjection),
    ];
  return Object.entries(volume).flatMap(([type, source]) =>
    validateForeignSource(`${field}.${type}`, type, source),
  );
}

const validateEphemeral = (
  field: string,
  { volumeClaimTemplate: template }: NonNullable<Volume['ephemeral']>,
): FieldError[] =>
  template ? validateClaimSpec(`${field}.spec`, template.spec ?? {}) : [fieldRequired(field)];

function validateProjection(source: Projection, field: string): FieldError[] {
  const types = Object.keys(source);
  if (types.length === 0) return [fieldRequired(field, 'must specify a projected volume type')];
  const { secret, configMap, downwardAPI, serviceAccountToken: token } = source;
  const seconds = token?.expirationSeconds;
  return [
    ...types.slice(1).map((t) => fieldForbidden(`${field}.${t}`, 'may not specify more than 1 volume type')),
    ...(secret ? named(`${field}.secret.name`, secret.name) : []),
    ...validateItems(`${field}.secret.items`, secret?.items),
    ...(configMap ? named(`${field}.configMap.name`, configMap.name) : []),
    ...validateItems(`${field}.configMap.items`, configMap?.items),
    ...each(`${field}.downwardAPI.items`, downwardAPI?.items, validateDownwardFile),
    ...(token ? named(`${field}.serviceAccountToken.path`, token.path) : []),
    ...(token?.path ? localPath(`${field}.serviceAccountToken.path`, token.path) : []),
    ...(seconds !== undefined && seconds < 600
      ? [
          fieldInvalid(
            `${field}.serviceAccountToken.expirationSeconds`,
            seconds,
            'may not specify a duration less than 10 minutes',
          ),
        ]
      : []),
  ];
}

const validateItems = (field: string, items: readonly KeyToPath[] | undefined): FieldError[] =>
  each(field, items, ({ key, path, mode: bits }, at) => [
    ...named(`${at}.key`, key, isConfigKey),
    ...(path ? localPath(`${at}.path`, path) : [fieldRequired(`${at}.path`)]),
    ...mode(`${at}.mode`, bits),
  ]);

function validateDownwardFile(file: DownwardFile, field: string): FieldError[] {
  const { path, fieldRef, resourceFieldRef } = file;
  const wrong = path ? localPath(`${field}.path`, path) : [fieldRequired(`${field}.path`)];
  if (fieldRef && resourceFieldRef)
    wrong.push(
      fieldInvalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
    );
  else if (fieldRef) wrong.push(...validateFieldRef(`${field}.fieldRef`, fieldRef, FILE_FIELDS));
  else if (resourceFieldRef)
    wrong.push(...validateResourceRef(`${field}.resourceFieldRef`, resourceFieldRef));
  else wrong.push(fieldRequired(field, 'one of fieldRef and resourceFieldRef is required'));
  return [...wrong, ...mode(`${field}.mode`, file.mode)];
}

const mode = (field: string, bits: number | undefined): FieldError[] =>
  bits === undefined || (bits >= 0 && bits <= 0o777)
    ? []
    : [fieldInvalid(field, bits, 'must be a number between 0 and 0777 (octal), both inclusive')];

/** A path below a volume must not leave it. */
export const localPath = (field: string, path: string): FieldError[] => [
  ...(path.startsWith('/') ? [fieldInvalid(field, path, 'must be a relative path')] : []),
  ...backsteps(field, path),
];

const backsteps = (field: string, path: string | undefined): FieldError[] =>
  path?.split('/').includes('..') ? [fieldInvalid(field, path, "must not contain '..'")] : [];
