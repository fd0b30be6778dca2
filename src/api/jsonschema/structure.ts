/** How server-side apply puts values of a structural schema together. */
import { fields, keyed, leaf, type Scalar, type Structure, set, untyped } from '../schema/structure.ts';
import { additionalOf, propertyOf, type Schema } from './schema.ts';

const known = new WeakMap<Schema, Structure>();

export function structureOfSchema(schema: Schema): Structure {
  const before = known.get(schema);
  if (before) return before;
  const made = makeStructure(schema);
  known.set(schema, made);
  return made;
}

function makeStructure(schema: Schema): Structure {
  if (schema['x-kubernetes-int-or-string']) return leaf;
  switch (schema.type) {
    case 'object':
      return objectStructure(schema);
    case 'array':
      return listStructure(schema);
    case undefined:
      return schema['x-kubernetes-preserve-unknown-fields'] ? objectStructure(schema) : untyped;
    default:
      return leaf;
  }
}

function objectStructure(schema: Schema): Structure {
  if (schema['x-kubernetes-map-type'] === 'atomic') return leaf;
  const keepsAll =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  if (keepsAll && !schema.properties) return untyped;
  const additional = additionalOf(schema);
  const rest = additional ? structureOfSchema(additional) : keepsAll ? untyped : undefined;
  return fields((name) => {
    const property = propertyOf(schema, name);
    return property && structureOfSchema(property);
  }, rest);
}

/** A list that says nothing is atomic. */
function listStructure(schema: Schema): Structure {
  const keys = schema['x-kubernetes-list-map-keys'];
  const { items } = schema;
  if (schema['x-kubernetes-list-type'] === 'set') return set;
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !items) return leaf;
  return keyed(keys, structureOfSchema(items), keyDefaults(items, keys));
}

function keyDefaults(items: Schema, keys: readonly string[]): Record<string, Scalar> {
  const defaults: Record<string, Scalar> = {};
  for (const key of keys) {
    const preset = propertyOf(items, key)?.default;
    if (typeof preset === 'string' || typeof preset === 'number' || typeof preset === 'boolean')
      defaults[key] = preset;
  }
  return defaults;
}
