/** An OpenAPI v2 document in protobuf, the only form of it that kubectl takes before 1.27. */
import { encodeProtobuf } from '../../wire/index.ts';
import type { Schema } from '../schema.ts';
import type { DocumentV2, PathItemV2 } from '../v2.ts';
import { document } from './fields.ts';

export function encodeDocument({ swagger, info, paths, definitions }: DocumentV2): Uint8Array {
  return encodeProtobuf(
    {
      swagger,
      info,
      paths: { path: namedBy(paths, pathItem) },
      definitions: { additional_properties: namedBy(definitions, schema) },
    },
    document,
  );
}

/** A map is a list of names with values. */
const namedBy = <T>(map: Readonly<Record<string, T>>, convert: (value: T) => object) =>
  Object.entries(map).map(([name, value]) => ({ name, value: convert(value) }));

/** Any value stands as text; JSON is YAML. */
const any = (value: unknown) => ({ yaml: JSON.stringify(value) });

const extensions = (node: Schema) =>
  Object.entries(node)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => ({ name, value: any(value) }));

function pathItem({ parameters, ...operations }: PathItemV2): object {
  return {
    parameters: parameters.map(parameter),
    ...Object.fromEntries(
      Object.entries(operations).map(([method, value]) => [method, operation(value as Schema)]),
    ),
  };
}

function operation(node: Schema): object {
  return {
    tags: node['tags'],
    operation_id: node['operationId'],
    produces: node['produces'],
    consumes: node['consumes'],
    parameters: (node['parameters'] as Schema[]).map(parameter),
    responses: { response_code: namedBy(node['responses'] as Record<string, Schema>, response) },
    vendor_extension: extensions(node),
  };
}

const response = (node: Schema) => ({
  response: {
    description: node['description'],
    ...(node['schema'] !== undefined && { schema: { schema: schema(node['schema'] as Schema) } }),
  },
});

function parameter(node: Schema): object {
  if (node['in'] === 'body')
    return { parameter: { body_parameter: { ...node, schema: schema(node['schema'] as Schema) } } };
  const { uniqueItems, ...rest } = node;
  const sub = { ...rest, unique_items: uniqueItems };
  return {
    parameter: {
      non_body_parameter:
        node['in'] === 'path' ? { path_parameter_sub_schema: sub } : { query_parameter_sub_schema: sub },
    },
  };
}

function schema(node: Schema): object {
  const { $ref, type, default: preset, items, properties, additionalProperties } = node;
  return {
    _ref: $ref,
    format: node['format'],
    description: node['description'],
    required: node['required'],
    ...(preset !== undefined && { default: any(preset) }),
    ...(type !== undefined && { type: { value: [type] } }),
    ...(items !== undefined && { items: { schema: [schema(items as Schema)] } }),
    ...(properties !== undefined && {
      properties: { additional_properties: namedBy(properties as Record<string, Schema>, schema) },
    }),
    ...(additionalProperties !== undefined && {
      additional_properties: { schema: schema(additionalProperties as Schema) },
    }),
    vendor_extension: extensions(node),
  };
}
