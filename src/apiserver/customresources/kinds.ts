/** A definition as the kinds that it makes: one for each version that is served. */

import { cleanupFinalizer } from '../../api/apiextensions/customresourcedefinition/kind.ts';
import { schemaOf } from '../../api/apiextensions/customresourcedefinition/schemas.ts';
import type { FieldError } from '../../api/errors.ts';
import { parseJsonPath } from '../../api/jsonPath.ts';
import { fillDefaults, hasDefaults } from '../../api/jsonschema/defaults.ts';
import { validateLists } from '../../api/jsonschema/lists.ts';
import { prune } from '../../api/jsonschema/prune.ts';
import type { Schema } from '../../api/jsonschema/schema.ts';
import { structureOfSchema } from '../../api/jsonschema/structure.ts';
import { hasPatterns, validateSchema } from '../../api/jsonschema/validate.ts';
import type { Kind, StoredForm } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { fields, messageStructure, type Structure } from '../../api/schema/structure.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import { bounded, TookTooLong } from '../../lib/bounded.ts';
import { without } from '../object/without.ts';
import { columnsOf } from './columns.ts';
import { customResource, decoderOf } from './fields.ts';

type Version = CustomResourceDefinition['spec']['versions'][number];

/** The rules of a schema: what is wrong with an object, and with the change of one. */
export type CheckRules = (object: KubeObject, old: KubeObject | undefined) => FieldError[];

/** Objects in another version of their kind. */
export type Convert = (
  objects: readonly KubeObject[],
  apiVersion: string,
) => readonly KubeObject[] | Promise<readonly KubeObject[]>;

export interface Makings {
  convert: Convert;
  /** By the schema that has rules. */
  rules: ReadonlyMap<Schema, CheckRules>;
}

/** A schema and its patterns and rules have so long for one object. */
const validationMs = 500;

const everyVerb = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export function kindsOf(crd: CustomResourceDefinition, makings: Makings): Kind[] {
  return crd.spec.versions
    .filter((version) => version.served)
    .map((version) => kindOf(crd, version, makings));
}

function kindOf(crd: CustomResourceDefinition, version: Version, makings: Makings): Kind {
  const { spec, metadata, status } = crd;
  const names = { ...spec.names, ...status?.acceptedNames };
  const schema = schemaOf(version) ?? { 'x-kubernetes-preserve-unknown-fields': true };
  const resource = {
    group: spec.group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    namespaced: spec.scope === 'Namespaced',
  };
  const isEnding =
    metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(cleanupFinalizer);
  const stored = storedForm(crd, version, schema, makings.convert);
  const check = checkOf(schema, makings.rules.get(schema));
  const defaulted = hasDefaults(schema) || hasNullable(schema);
  const scale = version.subresources?.scale;
  return {
    resource,
    singular: names.singular ?? names.kind.toLowerCase(),
    ...(names.shortNames && { shortNames: names.shortNames }),
    ...(names.categories && { categories: names.categories }),
    message: customResource,
    schema: {
      decode: decoderOf(schema),
      openapi: schema as Readonly<Record<string, unknown>>,
      listKind: names.listKind ?? `${names.kind}List`,
    },
    ...(version.deprecated && {
      deprecation: version.deprecationWarning ?? `${apiVersionOf(resource)} ${names.kind} is deprecated`,
    }),
    ...(isEnding && { verbs: everyVerb.filter((verb) => verb !== 'create') }),
    columns: columnsOf(version.additionalPrinterColumns),
    ...(version.subresources?.status && { status: true as const }),
    ...(scale && {
      scale: {
        specReplicas: scale.specReplicasPath.slice(1),
        statusReplicas: scale.statusReplicasPath.slice(1),
        selector: scale.labelSelectorPath?.slice(1) ?? '',
      },
    }),
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.slice(1), readerOf(jsonPath)]),
    ),
    ...(stored && { stored }),
    structure: () => structureOf(schema),
    ...(defaulted && { defaults: (object: KubeObject) => defaultObject(object, schema) }),
    validateCreate: (object) => check(object, undefined),
    validateUpdate: check,
  };
}

const readerOf = (jsonPath: string) => {
  const path = parseJsonPath(jsonPath);
  return (object: KubeObject): string => {
    const [found] = path(object);
    return found === undefined || found === null
      ? ''
      : typeof found === 'string'
        ? found
        : JSON.stringify(found);
  };
};

/** Nulls are taken away before defaults are set: every schema may need that. */
const hasNullable = (schema: Schema): boolean => schema.properties !== undefined;

function defaultObject(object: KubeObject, schema: Schema): void {
  const rest = without(object, 'metadata');
  fillDefaults(rest, schema);
  const target = object as unknown as Record<string, unknown>;
  for (const name of Object.keys(target)) if (name !== 'metadata' && !(name in rest)) delete target[name];
  Object.assign(object, rest);
}

function checkOf(schema: Schema, rules: CheckRules | undefined) {
  const check = (object: KubeObject, old: KubeObject | undefined): FieldError[] => {
    const wrong = [...validateSchema(without(object, 'metadata'), schema), ...validateLists(object, schema)];
    if (!rules) return wrong;
    return wrong.length > 0 ? [...wrong, rulesUnchecked] : rules(object, old);
  };
  if (!rules && !hasPatterns(schema)) return check;
  return (object: KubeObject, old: KubeObject | undefined): FieldError[] => {
    try {
      return bounded(validationMs, () => check(object, old));
    } catch (err) {
      if (!(err instanceof TookTooLong)) throw err;
      return [
        { reason: 'FieldValueInvalid', field: '<nil>', message: `Invalid value: "object": ${err.message}` },
      ];
    }
  };
}

const rulesUnchecked: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

function structureOf(schema: Schema): Structure {
  const own = structureOfSchema({ ...schema, type: 'object' });
  const head = messageStructure(customResource);
  const named = (structure: Structure, name: string) =>
    structure.type === 'fields' ? structure.named(name) : undefined;
  const rest = own.type === 'fields' ? own.rest : own.type === 'untyped' ? own : undefined;
  return fields((name) => named(head, name) ?? named(own, name), rest);
}

/** Objects are stored in one version, and get today's defaults whenever they are read. */
function storedForm(
  crd: CustomResourceDefinition,
  version: Version,
  schema: Schema,
  convert: Convert,
): StoredForm | undefined {
  const { group, versions, scope, names } = crd.spec;
  const storage = versions.find((one) => one.storage) ?? version;
  const isOnly = versions.length === 1 && (crd.status?.storedVersions ?? []).length <= 1;
  if (isOnly && !hasDefaults(schema)) return undefined;
  const apiVersion = `${group}/${version.name}`;
  const complete = (object: KubeObject): KubeObject => {
    const copy = structuredClone(prune(object, schema, true).value);
    defaultObject(copy, schema);
    return copy;
  };
  const toServed = (objects: readonly KubeObject[]) => {
    const converted = converting(convert, objects, apiVersion);
    return converted instanceof Promise
      ? converted.then((all) => all.map(complete))
      : converted.map(complete);
  };
  return {
    resource: { group, plural: names.plural, namespaced: scope === 'Namespaced' },
    toStored: (objects) => converting(convert, objects, `${group}/${storage.name}`),
    toServed,
  };
}

/** Only those that are of another version are converted. */
function converting(convert: Convert, objects: readonly KubeObject[], apiVersion: string) {
  const others = objects.filter((object) => object.apiVersion !== apiVersion);
  if (others.length === 0) return objects;
  const placed = (converted: readonly KubeObject[]) => {
    let next = 0;
    return objects.map((object) =>
      object.apiVersion === apiVersion ? object : (converted[next++] ?? object),
    );
  };
  const converted = convert(others, apiVersion);
  return converted instanceof Promise ? converted.then(placed) : placed(converted);
}

/** The strategy None: only the apiVersion is another. */
export const onlyRenamed: Convert = (objects, apiVersion) =>
  objects.map((object) => ({ ...object, apiVersion }));
