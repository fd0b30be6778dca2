/** What every custom resource has, as a table; the rest its schema tells. */
import '../../api/meta/fields.ts';
import { prune } from '../../api/jsonschema/prune.ts';
import { type Schema } from '../../api/jsonschema/schema.ts';
import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import type { FieldsBySchema } from '../../api/kind.ts';
import { message } from '../../api/message.ts';
import { type Decoded, decode } from '../../api/schema/decode.ts';
import { without } from '../object/without.ts';

export const customResource = message(
  'apiextensions/v1.CustomResource',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
`,
);

/** Leaves out what the schema does not know, and checks the metadata. */
export const decoderOf =
  (schema: Schema): FieldsBySchema['decode'] =>
  (json) => {
    if (!isObject(json)) return decode(json, customResource);
    const { value, unknown } = prune(json, schema, true);
    const head = decode(headOf(value), customResource);
    return {
      object: { ...head.object, ...without(structuredClone(value), 'apiVersion', 'kind', 'metadata') },
      unknown: [...head.unknown, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)],
      errors: head.errors,
    } satisfies Decoded;
  };

const headOf = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    ['apiVersion', 'kind', 'metadata']
      .filter((name) => object[name] !== undefined)
      .map((name) => [name, object[name]]),
  );
