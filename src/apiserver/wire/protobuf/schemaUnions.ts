/**
 * Places in a CustomResourceDefinition where a JSON schema or something else may stand. JSON has the one or the
 * other there, protobuf a message with a member for each.
 * https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apis/apiextensions/v1/marshal.go
 */
import type { ScalarType } from '../../../api/message.ts';

interface SchemaUnion {
  /** In protobuf. */
  readonly message: string;
  toMessage(json: unknown): object;
  toJson(message: Readonly<Record<string, unknown>>): unknown;
}

export const schemaUnions: Readonly<Partial<Record<ScalarType, SchemaUnion>>> = {
  schemaOrArray: {
    message: 'apiextensions/v1.JSONSchemaPropsOrArray',
    toMessage: (json) => (Array.isArray(json) ? { jSONSchemas: json } : { schema: json }),
    toJson: ({ schema, jSONSchemas }) => jSONSchemas ?? schema ?? null,
  },
  schemaOrBool: {
    message: 'apiextensions/v1.JSONSchemaPropsOrBool',
    toMessage: (json) => (typeof json === 'boolean' ? { allows: json } : { allows: true, schema: json }),
    toJson: ({ schema, allows }) => schema ?? allows === true,
  },
  schemaOrStrings: {
    message: 'apiextensions/v1.JSONSchemaPropsOrStringArray',
    toMessage: (json) => (Array.isArray(json) ? { property: json } : { schema: json }),
    toJson: ({ schema, property }) => property ?? schema ?? null,
  },
};
