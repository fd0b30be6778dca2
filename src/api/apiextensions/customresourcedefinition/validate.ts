/** https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/ */
import {
  type FieldError,
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../../errors.ts';
import { validateStructural } from '../../jsonschema/structural.ts';
import { isDns1035Label, isDnsSubdomain } from '../../names.ts';
import type { CustomResourceDefinition } from '../../types.ts';
import { because, immutable, oneOf } from '../../validate/checks.ts';
import { schemasOf } from './schemas.ts';

type Spec = CustomResourceDefinition['spec'];
type Version = Spec['versions'][number];

const approved = 'api-approved.kubernetes.io';

export function validate(crd: CustomResourceDefinition): FieldError[] {
  const { spec, metadata } = crd;
  const expected = `${spec.names.plural}.${spec.group}`;
  return [
    ...(metadata.name === expected
      ? []
      : [fieldInvalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...validateGroup(spec.group),
    ...oneOf('spec.scope', spec.scope, ['Cluster', 'Namespaced']),
    ...validateVersions(spec.versions),
    ...validateNames(spec),
    ...(spec.preserveUnknownFields
      ? [
          fieldInvalid(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
    ...validateConversion(spec),
    ...schemasOf(crd).flatMap(({ schema, path }) => validateStructural(schema, path)),
    ...validateStoredVersions(crd),
  ];
}

export function validateCreate({ spec, metadata }: CustomResourceDefinition): FieldError[] {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(spec.group);
  if (!isProtected) return [];
  const value = metadata.annotations?.[approved];
  const at = `metadata.annotations[${approved}]`;
  if (!value)
    return [
      fieldRequired(
        at,
        `protected groups must have approval annotation "${approved}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    ];
  if (value.startsWith('unapproved') || URL.canParse(value)) return [];
  return [
    fieldInvalid(
      at,
      value,
      `protected groups must have approval annotation "${approved}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
    ),
  ];
}

export function validateUpdate(
  { spec, status }: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const wrong = [
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
  ];
  const isEstablished = old.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
  if (isEstablished)
    wrong.push(
      ...immutable('spec.scope', spec.scope, old.spec.scope),
      ...immutable('spec.names.kind', spec.names.kind, old.spec.names.kind),
    );
  const names = new Set(spec.versions.map((version) => version.name));
  for (const [i, name] of (status?.storedVersions ?? []).entries())
    if (!names.has(name))
      wrong.push(
        fieldInvalid(
          `status.storedVersions[${i}]`,
          name,
          'missing from spec.versions; ' +
            `${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
        ),
      );
  return wrong;
}

function validateGroup(group: string): FieldError[] {
  if (group === '') return [fieldRequired('spec.group')];
  if (!group.includes('.'))
    return [fieldInvalid('spec.group', group, 'should be a domain with at least one dot')];
  return because('spec.group', group, isDnsSubdomain(group));
}

function validateVersions(versions: readonly Version[]): FieldError[] {
  const wrong: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, version] of versions.entries()) {
    const at = `spec.versions[${i}]`;
    if (seen.has(version.name)) wrong.push(fieldDuplicate(`${at}.name`, version.name));
    seen.add(version.name);
    wrong.push(...because(`${at}.name`, version.name, isDns1035Label(version.name)));
    wrong.push(...validateVersion(version, at));
  }
  const storage = versions.filter((version) => version.storage).length;
  if (storage !== 1)
    wrong.push(
      fieldInvalid('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
  if (versions.length > 0 && !versions.some((version) => version.served))
    wrong.push(fieldInvalid('spec.versions', versions, 'must have at least one version marked as served'));
  return wrong;
}

function validateVersion(version: Version, at: string): FieldError[] {
  const wrong: FieldError[] = [];
  if (!version.schema?.openAPIV3Schema)
    wrong.push(fieldRequired(`${at}.schema.openAPIV3Schema`, 'schemas are required'));
  if (version.deprecationWarning !== undefined && !version.deprecated)
    wrong.push(
      fieldInvalid(
        `${at}.deprecationWarning`,
        version.deprecationWarning,
        'can only be set for deprecated versions',
      ),
    );
  for (const [i, column] of (version.additionalPrinterColumns ?? []).entries()) {
    const where = `${at}.additionalPrinterColumns[${i}]`;
    if (!column.name) wrong.push(fieldRequired(`${where}.name`));
    wrong.push(...oneOf(`${where}.type`, column.type, ['boolean', 'date', 'integer', 'number', 'string']));
    wrong.push(...validatePath(`${where}.jsonPath`, column.jsonPath));
  }
  const scale = version.subresources?.scale;
  if (scale) {
    const where = `${at}.subresources.scale`;
    wrong.push(...below(`${where}.specReplicasPath`, scale.specReplicasPath, ['.spec.']));
    wrong.push(...below(`${where}.statusReplicasPath`, scale.statusReplicasPath, ['.status.']));
    if (scale.labelSelectorPath)
      wrong.push(...below(`${where}.labelSelectorPath`, scale.labelSelectorPath, ['.spec.', '.status.']));
  }
  for (const [i, field] of (version.selectableFields ?? []).entries())
    wrong.push(...validatePath(`${at}.selectableFields[${i}].jsonPath`, field.jsonPath));
  return wrong;
}

const validatePath = (at: string, path: string): FieldError[] => {
  if (!path) return [fieldRequired(at)];
  return path.startsWith('.') ? [] : [fieldInvalid(at, path, 'must be a simple json path starting with .')];
};

function below(at: string, path: string, roots: readonly string[]): FieldError[] {
  if (!path) return [fieldRequired(at)];
  if (path.includes('[')) return [fieldInvalid(at, path, 'should be a json path without array notation')];
  if (roots.some((root) => path.startsWith(root))) return [];
  return [
    fieldInvalid(
      at,
      path,
      `should be a json path under either ${roots.map((r) => r.slice(0, -1)).join(' or ')}`,
    ),
  ];
}

function validateNames({ names }: Spec): FieldError[] {
  const wrong: FieldError[] = [];
  for (const [key, value] of [
    ['plural', names.plural],
    ['singular', names.singular],
    ['kind', names.kind.toLowerCase()],
    ['listKind', names.listKind?.toLowerCase()],
  ] as const) {
    const at = `spec.names.${key}`;
    if (!value) wrong.push(fieldRequired(at));
    else wrong.push(...because(at, value, isDns1035Label(value)));
  }
  for (const key of ['shortNames', 'categories'] as const)
    for (const [i, value] of (names[key] ?? []).entries())
      wrong.push(...because(`spec.names.${key}[${i}]`, value, isDns1035Label(value)));
  if (names.kind && names.kind === names.listKind)
    wrong.push(fieldInvalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  return wrong;
}

function validateConversion({ conversion }: Spec): FieldError[] {
  if (!conversion) return [];
  const at = 'spec.conversion';
  if (conversion.strategy === 'None')
    return conversion.webhook
      ? [fieldForbidden(`${at}.webhook`, 'should not be set when strategy is not set to Webhook')]
      : [];
  if (conversion.strategy !== 'Webhook')
    return [fieldNotSupported(`${at}.strategy`, conversion.strategy, ['None', 'Webhook'])];
  const { webhook } = conversion;
  const client = webhook?.clientConfig;
  if (!client)
    return [fieldRequired(`${at}.webhook.clientConfig`, 'required when strategy is set to Webhook')];
  const wrong: FieldError[] = [];
  const where = `${at}.webhook.clientConfig`;
  if ((client.url === undefined) === (client.service === undefined))
    wrong.push(fieldRequired(where, 'exactly one of url or service is required'));
  if (client.url !== undefined && !/^https:\/\/[^/@?#]+(\/[^?#]*)?$/.test(client.url))
    wrong.push(
      fieldInvalid(
        `${where}.url`,
        client.url,
        "'https' is the only allowed URL scheme; desired format: https://host[/path]",
      ),
    );
  const versions = webhook.conversionReviewVersions ?? [];
  const reviews = `${at}.webhook.conversionReviewVersions`;
  if (versions.length === 0) wrong.push(fieldRequired(reviews));
  else if (!versions.includes('v1'))
    wrong.push(fieldInvalid(reviews, versions, 'must include at least one of v1, v1beta1'));
  return wrong;
}

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const stored = status?.storedVersions;
  const storage = spec.versions.find((version) => version.storage)?.name;
  if (!stored?.length || storage === undefined || stored.includes(storage)) return [];
  return [fieldInvalid('status.storedVersions', stored, `must have the storage version ${storage}`)];
}
