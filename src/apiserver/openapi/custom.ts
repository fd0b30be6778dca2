/**
 * Kinds that come and go, in the documents. What is built of a group and version is kept while its kinds
 * stay the same, so that a new definition costs only its own part.
 */
import type { Kind } from '../../api/kind.ts';
import { servedResources } from '../discovery/resources.ts';
import { definitionName, messageOfKind } from './names.ts';
import { type GroupVersion, pathOf, pathsOf } from './operations.ts';
import type { Dialect, Schema } from './schema.ts';

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
    found[name] = {
      ...rest,
      properties: {
        ...properties,
        ...typeMeta,
        metadata: refTo('meta/v1.ObjectMeta', 'What every object has.'),
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: resource.kind }],
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

const typeMeta = {
  apiVersion: { type: 'string', description: 'The group and version of the schema of this object.' },
  kind: { type: 'string', description: 'What kind of object this is.' },
};

const inV2 = [
  'description',
  'type',
  'format',
  'required',
  'enum',
  'default',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;

/**
 * OpenAPI 2 knows no null, and its readers refuse what a schema does not name: both are told there as
 * values of any type, as Kubernetes does.
 */
export function schemaInV2(schema: Schema): Schema {
  const said: Record<string, unknown> = {};
  for (const word of inV2) if (schema[word] !== undefined) said[word] = schema[word];
  if (schema['nullable'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true) {
    delete said['type'];
    delete said['required'];
    return said;
  }
  const { items, properties, additionalProperties } = schema;
  if (typeof items === 'object' && items !== null) said['items'] = schemaInV2(items as Schema);
  if (typeof additionalProperties === 'object' && additionalProperties !== null)
    said['additionalProperties'] = schemaInV2(additionalProperties as Schema);
  if (typeof properties === 'object' && properties !== null)
    said['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, schemaInV2(one as Schema)]),
    );
  return said;
}
