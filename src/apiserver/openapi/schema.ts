/** The fields of messages as JSON schemas, in the two dialects of OpenAPI. */
import { setImmediate } from 'node:timers/promises';
import { type Field, messageOf, type ScalarType } from '../../api/message.ts';
import type { Descriptions } from './descriptions.ts';
import { definitionName, kindOfMessage, scalarDefinitions } from './names.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface Dialect {
  /** What a reference begins with: `#/definitions/`. */
  readonly prefix: string;
  /** A reference that has something to say of its own. */
  ref(ref: Schema, own: Schema): Schema;
  /** What a value of more than one type is. */
  either(types: readonly string[], format?: string): Schema;
}

/** OpenAPI 2 looks at nothing beside `$ref`, but readers of Kubernetes' documents look at the description. */
export const v2: Dialect = {
  prefix: '#/definitions/',
  ref: (ref, own) => ({ ...own, ...ref }),
  either: (_, format) => ({ type: 'string', ...(format && { format }) }),
};

export const v3: Dialect = {
  prefix: '#/components/schemas/',
  ref: (ref, own) => ({ allOf: [ref], ...own }),
  either: (types, format) => ({ oneOf: types.map((type) => ({ type })), ...(format && { format }) }),
};

const plain: Partial<Record<ScalarType, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

/** Messages that are said in one go: a few milliseconds, when nothing of it is compiled yet. */
const atOnce = 10;

/** The definitions of these messages and of all that they refer to, by name. Others get a turn in between. */
export async function definitionsOf(
  messages: readonly string[],
  dialect: Dialect,
  descriptions: Descriptions,
  groups: readonly string[],
): Promise<Record<string, Schema>> {
  const found: Record<string, Schema> = {};
  const queue = [...new Set(messages)];
  const seen = new Set(queue);
  const refer = (type: Field['type']): Schema => {
    if (typeof type === 'object') {
      const { bare } = messageOf(type.message);
      if (bare) return valueSchema(bare, refer);
      if (!seen.has(type.message)) queue.push(type.message);
      seen.add(type.message);
      return { $ref: dialect.prefix + definitionName(type.message) };
    }
    const name = scalarDefinitions[type];
    if (name === undefined) return plain[type] ?? {};
    found[name] ??= scalarSchema(type, dialect);
    return { $ref: dialect.prefix + name };
  };
  for (let message = queue.pop(), i = 1; message !== undefined; message = queue.pop(), i++) {
    if (i % atOnce === 0) await setImmediate();
    found[definitionName(message)] = messageSchema(message, dialect, descriptions, groups, refer);
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function scalarSchema(type: ScalarType, dialect: Dialect): Schema {
  if (type === 'quantity') return dialect.either(['string', 'number']);
  if (type === 'intOrString') return dialect.either(['integer', 'string'], 'int-or-string');
  if (type === 'time' || type === 'microTime') return { type: 'string', format: 'date-time' };
  if (type === 'json' || type.startsWith('schemaOr')) return { description: 'Any JSON value.' };
  return { type: type === 'duration' ? 'string' : 'object' };
}

type Refer = (type: Field['type']) => Schema;

function messageSchema(
  message: string,
  dialect: Dialect,
  descriptions: Descriptions,
  groups: readonly string[],
  refer: Refer,
): Schema {
  const fields = [...messageOf(message).byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const described = descriptions[message] ?? {};
  const kind = kindOfMessage(message, groups);
  return {
    ...(described[''] && { description: described[''] }),
    ...(required.length > 0 && { required }),
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        fieldSchema(field, dialect, refer, described[field.name] ?? descriptionOfType(field, descriptions)),
      ]),
    ),
    ...(kind && { 'x-kubernetes-group-version-kind': [kind] }),
  };
}

/** The source has no text of its own for a field that is one message. */
const descriptionOfType = ({ type }: Field, descriptions: Descriptions) =>
  typeof type === 'object' ? descriptions[type.message]?.[''] : undefined;

function fieldSchema(field: Field, dialect: Dialect, refer: Refer, description: string | undefined): Schema {
  const own = {
    ...(description && { description }),
    ...(field.default !== undefined && { default: field.default }),
    ...extensions(field),
  };
  const value = valueSchema(field, refer);
  if (!('$ref' in value)) return { ...own, ...value };
  return Object.keys(own).length === 0 ? value : dialect.ref(value, own);
}

function valueSchema(field: Field, refer: Refer): Schema {
  const one = refer(field.type);
  if (field.shape === 'list') return { type: 'array', items: one };
  if (field.shape === 'map') return { type: 'object', additionalProperties: one };
  return one;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
function extensions({ patch, listType, listKeys, atomic }: Field): Schema {
  const strategy = [...(patch?.merge ? ['merge'] : []), ...(patch?.retainKeys ? ['retainKeys'] : [])];
  return {
    ...(strategy.length > 0 && { 'x-kubernetes-patch-strategy': strategy.join(',') }),
    ...(patch?.key && { 'x-kubernetes-patch-merge-key': patch.key }),
    ...(listType && { 'x-kubernetes-list-type': listType }),
    ...(listKeys && { 'x-kubernetes-list-map-keys': listKeys }),
    ...(atomic && { 'x-kubernetes-map-type': 'atomic' }),
  };
}
