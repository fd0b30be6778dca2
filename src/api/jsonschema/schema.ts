/**
 * The schema of a custom resource, as it stands in its definition.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface Schema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  default?: unknown;
  example?: unknown;
  enum?: unknown[];
  nullable?: boolean;
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  multipleOf?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  not?: Schema;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'granular' | 'atomic';
  'x-kubernetes-validations'?: Rule[];
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules */
export interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** Of a member by that name, whether it has a property of its own or is one of many. */
export function memberOf(schema: Schema, name: string): Schema | undefined {
  const own = propertyOf(schema, name);
  return own ?? additionalOf(schema);
}

/** A schema's own property: not one of every object of the language. */
export const propertyOf = ({ properties }: Schema, name: string): Schema | undefined =>
  properties && Object.hasOwn(properties, name) ? properties[name] : undefined;

export const additionalOf = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** The path of a member in messages: `spec.containers`. */
export const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** This schema and all in it, those of values only: not of `allOf` and the like. */
export function* schemasIn(schema: Schema): Generator<Schema> {
  yield schema;
  for (const child of childrenOf(schema)) yield* schemasIn(child);
}

function* childrenOf(schema: Schema): Generator<Schema> {
  yield* Object.values(schema.properties ?? {});
  const additional = additionalOf(schema);
  if (additional) yield additional;
  if (schema.items) yield schema.items;
}
