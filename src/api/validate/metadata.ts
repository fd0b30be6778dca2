/** What every object's `metadata` must fulfil. */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../errors.ts';
import type { Kind } from '../kind.ts';
import { isDnsLabel, isDnsSubdomain, isPathSegment, isQualifiedName } from '../names.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import { because, each, immutable, nonNegative } from './checks.ts';
import { validateAnnotations, validateLabels } from './labels.ts';

const nameRules = {
  label: isDnsLabel,
  subdomain: isDnsSubdomain,
  path: isPathSegment,
};

export function validateMetadata(kind: Kind, { metadata }: KubeObject): FieldError[] {
  return [
    ...validateName(kind, metadata),
    ...validateNamespace(kind, metadata.namespace),
    ...nonNegative('metadata.generation', metadata.generation),
    ...validateLabels('metadata.labels', metadata.labels),
    ...validateAnnotations('metadata.annotations', metadata.annotations),
    ...validateOwners(metadata),
    ...validateFinalizers(kind, metadata.finalizers),
  ];
}

function validateName({ nameRule = 'subdomain' }: Kind, { name, generateName }: ObjectMeta): FieldError[] {
  const check = nameRules[nameRule];
  const wrong: FieldError[] = [];
  // What is put behind it later lets it end in a dash.
  if (generateName)
    wrong.push(...because('metadata.generateName', generateName, check(generateName.replace(/-$/, 'a'))));
  if (!name) wrong.push(fieldRequired('metadata.name', 'name or generateName is required'));
  else wrong.push(...because('metadata.name', name, check(name)));
  return wrong;
}

function validateNamespace({ resource }: Kind, namespace: string | undefined): FieldError[] {
  if (!resource.namespaced)
    return namespace ? [fieldForbidden('metadata.namespace', 'not allowed on this type')] : [];
  if (!namespace) return [fieldRequired('metadata.namespace')];
  return because('metadata.namespace', namespace, isDnsLabel(namespace));
}

function validateOwners({ ownerReferences = [] }: ObjectMeta): FieldError[] {
  const at = 'metadata.ownerReferences';
  const wrong = ownerReferences.flatMap((owner) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((key) => !owner[key])
      .map((key) =>
        fieldInvalid(
          `${at}.${key}`,
          owner[key] ?? '',
          `${key === 'apiVersion' ? 'version' : key} must not be empty`,
        ),
      ),
  );
  const [first, second] = ownerReferences.filter((owner) => owner.controller);
  if (first && second)
    wrong.push(
      fieldInvalid(
        at,
        ownerReferences,
        `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
      ),
    );
  return wrong;
}

/** Those without a domain are Kubernetes' own. */
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Kinds of API extensions, whose operators name finalizers as they like. */
const namesFreely = ({ schema, resource }: Kind): boolean =>
  schema !== undefined || ['apiextensions.k8s.io', 'admissionregistration.k8s.io'].includes(resource.group);

function validateFinalizers(kind: Kind, finalizers: string[] | undefined): FieldError[] {
  const at = 'metadata.finalizers';
  const isFree = namesFreely(kind);
  const wrong = each(at, finalizers, (name) => {
    const reasons = isQualifiedName(name);
    if (reasons.length === 0 && !isFree && !name.includes('/') && !STANDARD_FINALIZERS.includes(name))
      reasons.push('name is neither a standard finalizer name nor is it fully qualified');
    return because(at, name, reasons);
  });
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion'))
    wrong.push(fieldInvalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return wrong;
}

export function validateMetadataUpdate(
  { metadata }: KubeObject,
  { metadata: old }: KubeObject,
): FieldError[] {
  return [
    ...(['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp'] as const).flatMap((key) =>
      immutable(`metadata.${key}`, metadata[key], old[key]),
    ),
    ...newFinalizers(metadata, old),
  ];
}

/** Who deletes must be able to count on it that the list of those to wait for only gets shorter. */
function newFinalizers({ finalizers = [] }: ObjectMeta, old: ObjectMeta): FieldError[] {
  if (!old.deletionTimestamp) return [];
  const added = finalizers.filter((name) => !old.finalizers?.includes(name));
  if (added.length === 0) return [];
  return [
    fieldForbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`,
    ),
  ];
}
