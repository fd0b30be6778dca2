/**
 * Kinds that come and go, in the documents. What is built of a group and version is kept while its kinds
 * stay the same, so that a new definition costs only its own part.
 */
import type { Kind } from '../../api/kind.ts';
import { servedResources } from '../discovery/resources.ts';
import { definitionName, messageOfKind } from './names.ts';
import { type GroupVersion, pathOf, pathsOf } from './operations.ts';
import { type Dialect, type Schema, v2 } from './schema.ts';

export interface CustomGroupVersion {
  readonly gv: GroupVersion;
  readonly kinds: readonly Kind[];
}

/** In the order of their names. */
export function customGroupVersions(kinds: readonly Kind[]): CustomGroupVersion[] {
  const byPath = Map.groupBy(kinds, ({ resource }) => `${resource.group}/${resource.version}`);
  return [...byPath.values()]
    .map((members) => {
      const { group, version } = (members[0] as Kind).resource;
      return { gv: { group, version, resources: servedResources(members) }, kinds: members };
    })
    .sort((a, b) => (pathOf(a.gv) < pathOf(b.gv) ? -1 : 1));
}

/** The paths, where messages that no table declares are those of these kinds. */
export function customPaths({ gv, kinds }: CustomGroupVersion, declared: ReadonlySet<string>) {
  const own = new Set(kinds.map(({ resource }) => messageOfKind(resource)));
  return pathsOf(gv, (message) => own.has(message) || declared.has(message));
}

/** The definitions of the kinds and of their lists, by name. `say` puts a schema into the dialect. */
export function customDefinitions(
  kinds: readonly Kind[],
  dialect: Dialect,
  say: (schema: Schema) => Schema,
): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  for (const kind of kinds) {
    const { resource, schema } = kind;
    if (!schema) continue;
    const { group, version } = resource;
    const message = messageOfKind(resource);
    const name = definitionName(message);
    const refTo = (target: string, description: string) =>
      dialect.ref({ $ref: dialect.prefix + definitionName(target) }, { description });
    const { properties, ...rest } = say(schema.openapi) as { properties?: object };
    const ofKind = { 'x-kubernetes-group-version-kind': [{ group, version, kind: resource.kind }] };
    found[name] = isAnything(schema.openapi, dialect)
      ? { type: 'object', ...ofKind }
      : {
          ...rest,
          properties: {
            ...properties,
            ...typeMeta,
            metadata: refTo('meta/v1.ObjectMeta', 'What every object has.'),
          },
          ...ofKind,
        };
    found[`${name}List`] = {
      description: `A list of ${resource.kind}.`,
      type: 'object',
      required: ['items'],
      properties: {
        ...typeMeta,
        metadata: refTo('meta/v1.ListMeta', 'What every list has.'),
        items: {
          description: `List of ${resource.plural}.`,
          type: 'array',
          items: { $ref: dialect.prefix + name },
        },
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: schema.listKind }],
    };
  }
  return found;
}

/** Readers of OpenAPI 2 would take members that are named for the only ones. */
const isAnything = (schema: Schema, dialect: Dialect): boolean =>
  dialect === v2 && schema['x-kubernetes-preserve-unknown-fields'] === true;

const typeMeta = {
  apiVersion: {
    type: 'string',
    description: 'APIVersion defines the group and version of the schema of this object.',
  },
  kind: { type: 'string', description: 'Kind says what the object is.' },
};

/** What OpenAPI 2 has no words for, and what stands beside the structure of a schema. */
const notInV2: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'oneOf', 'not', 'nullable'],
  ...['id', '$schema', 'example', 'externalDocs', 'definitions', 'dependencies', 'patternProperties'],
]);

/**
 * OpenAPI 2 knows no null, and its readers refuse what a schema does not name: both are told there as
 * values of any type, as Kubernetes does.
 * https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/controller/openapi/v2/conversion.go
 */
export function schemaInV2(schema: Schema): Schema {
  const said = Object.fromEntries(Object.entries(schema).filter(([word]) => !notInV2.has(word)));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema['nullable'] === true || isOpen) {
    delete said['items'];
    delete said['properties'];
  }
  const isBare = said['type'] === 'array' && !isSchema(said['items']);
  if (schema['nullable'] === true || isBare || (isOpen && said['type'] === 'object')) delete said['type'];
  const { items, properties, additionalProperties, required } = said;
  if (isSchema(items)) said['items'] = schemaInV2(items);
  if (isSchema(additionalProperties)) said['additionalProperties'] = schemaInV2(additionalProperties);
  if (isSchema(properties))
    said['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, schemaInV2(one as Schema)]),
    );
  if (Array.isArray(required)) said['required'] = required.filter((name) => !isNullable(properties, name));
  if (Array.isArray(said['required']) && said['required'].length === 0) delete said['required'];
  return said;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNullable = (properties: unknown, name: unknown): boolean => {
  const one = isSchema(properties) ? properties[String(name)] : undefined;
  return isSchema(one) && one['nullable'] === true;
};
