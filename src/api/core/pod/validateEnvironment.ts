import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import { isConfigKey, isEnvVarName, isQualifiedName } from '../../names.ts';
import type { Container } from '../../types.ts';
import { because, each, named } from '../../validate/checks.ts';

type EnvVar = NonNullable<Container['env']>[number];
type ValueFrom = NonNullable<EnvVar['valueFrom']>;

/** What `fieldRef` may name in an environment variable; labels and annotations by key besides. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** What `fieldRef` may name in a file. */
export const FILE_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const RESOURCE = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

export const validateEnvironment = (field: string, { env, envFrom }: Container): FieldError[] => [
  ...each(`${field}.env`, env, validateVariable),
  ...each(`${field}.envFrom`, envFrom, (source, at) => {
    const sources = [source.configMapRef, source.secretRef].filter((s) => s !== undefined);
    if (sources.length === 1) return [];
    const why =
      sources.length === 0
        ? 'must specify one of: `configMapRef` or `secretRef`'
        : 'may not have more than one field specified at a time';
    return [fieldInvalid(at, '', why)];
  }),
];

function validateVariable({ name, value, valueFrom }: EnvVar, field: string): FieldError[] {
  const wrong = named(`${field}.name`, name, isEnvVarName);
  if (!valueFrom) return wrong;
  const at = `${field}.valueFrom`;
  const sources = Object.keys(valueFrom).length;
  if (sources === 0)
    wrong.push(
      fieldInvalid(
        at,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    );
  else if (value) wrong.push(fieldInvalid(at, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1)
    wrong.push(fieldInvalid(at, '', 'may not have more than one field specified at a time'));
  return [...wrong, ...validateSources(at, valueFrom)];
}

function validateSources(at: string, source: ValueFrom): FieldError[] {
  const wrong: FieldError[] = [];
  if (source.fieldRef) wrong.push(...validateFieldRef(`${at}.fieldRef`, source.fieldRef, ENV_FIELDS));
  if (source.resourceFieldRef)
    wrong.push(...validateResourceRef(`${at}.resourceFieldRef`, source.resourceFieldRef));
  for (const key of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = source[key];
    if (!ref) continue;
    wrong.push(...named(`${at}.${key}.name`, ref.name), ...named(`${at}.${key}.key`, ref.key, isConfigKey));
  }
  return wrong;
}

/** `supported` are the plain paths; `metadata.labels['key']` and annotations likewise are always fine. */
export function validateFieldRef(
  field: string,
  { fieldPath }: { fieldPath: string },
  supported: readonly string[],
): FieldError[] {
  const at = `${field}.fieldPath`;
  if (!fieldPath) return [fieldRequired(at)];
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (map !== undefined && key !== undefined)
    return because(at, key, isQualifiedName(map === 'annotations' ? key.toLowerCase() : key));
  return supported.includes(fieldPath) ? [] : [fieldNotSupported(at, fieldPath, supported.toSorted())];
}

export function validateResourceRef(field: string, { resource }: { resource: string }): FieldError[] {
  const at = `${field}.resource`;
  if (!resource) return [fieldRequired(at)];
  const supported = ['limits', 'requests'].flatMap((part) =>
    ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${part}.${name}`),
  );
  return RESOURCE.test(resource) ? [] : [fieldNotSupported(at, resource, supported)];
}
