/** An OpenAPI v2 document in protobuf, the only form of it that kubectl takes before 1.27. */
import { setImmediate } from 'node:timers/promises';
import { encodeProtobuf } from '../../wire/index.ts';
import type { Schema } from '../schema.ts';
import type { DocumentV2, PathItem } from '../v2.ts';
import { document } from './fields.ts';

/** Paths or definitions that are encoded in one go: a few milliseconds. */
const atOnce = 10;

/** Parts of a message one after the other are the message: who reads them puts their lists together. Others get a turn in between. */
export async function encodeDocument({ swagger, info, paths, definitions }: DocumentV2): Promise<Uint8Array> {
  const parts = [encodeProtobuf({ swagger, info }, document)];
  const add = async (part: object) => {
    await setImmediate();
    parts.push(encodeProtobuf(part, document));
  };
  for (const some of slices(paths)) await add({ paths: { path: namedBy(some, pathItem) } });
  for (const some of slices(definitions))
    await add({ definitions: { additional_properties: namedBy(some, schema) } });
  return Buffer.concat(parts);
}

function* slices<T>(map: Readonly<Record<string, T>>): Generator<Record<string, T>> {
  const entries = Object.entries(map);
  for (let i = 0; i < entries.length; i += atOnce) yield Object.fromEntries(entries.slice(i, i + atOnce));
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

function pathItem({ parameters, ...operations }: PathItem): object {
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
      additional_properties:
        typeof additionalProperties === 'boolean'
          ? { boolean: additionalProperties }
          : { schema: schema(additionalProperties as Schema) },
    }),
    vendor_extension: extensions(node),
  };
}
