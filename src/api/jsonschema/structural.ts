/**
 * Whether a schema is structural: every part of a value has one place that says what it is.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../errors.ts';
import '../apiextensions/customresourcedefinition/fields.ts';
import { isObject } from '../jsonValue.ts';
import { decode } from '../schema/decode.ts';
import { prune } from './prune.ts';
import { type Schema } from './schema.ts';
import { patternOf, validateSchema } from './validate.ts';

/** What is wrong with the schema of a whole object. */
export function validateStructural(schema: Schema, path: string): FieldError[] {
  const wrong: FieldError[] = [];
  if (schema.type !== 'object')
    wrong.push(
      schema.type
        ? fieldInvalid(`${path}.type`, schema.type, 'must be object at the root')
        : fieldRequired(`${path}.type`, 'must not be empty at the root'),
    );
  if (schema.nullable) wrong.push(fieldForbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  return [...wrong, ...checkPart(schema, path, { isRoot: true, inLogic: false })];
}

interface Where {
  isRoot: boolean;
  /** Within allOf and the like, where only what a value must fulfil may stand. */
  inLogic: boolean;
}

const types: ReadonlySet<string> = new Set(['array', 'boolean', 'integer', 'number', 'object', 'string']);

function checkPart(schema: Schema, path: string, where: Where): FieldError[] {
  if (!isObject(schema)) return [fieldInvalid(path, schema, 'must be an object')];
  return [
    ...(where.inLogic ? checkLogicPart(schema, path) : checkType(schema, path, where)),
    ...checkWords(schema, path),
    ...checkUnsupported(schema, path),
    ...checkExtensions(schema, path, where),
    ...checkDefault(schema, path, where),
    ...checkChildren(schema, path, where),
  ];
}

function checkType(schema: Schema, path: string, { isRoot }: Where): FieldError[] {
  const { type } = schema;
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  if (type && !types.has(type)) return [fieldNotSupported(`${path}.type`, type, [...types])];
  if (isIntOrString && type)
    return [fieldForbidden(`${path}.type`, 'must be empty if x-kubernetes-int-or-string is specified')];
  if (type || isIntOrString || isRoot || schema['x-kubernetes-preserve-unknown-fields']) return [];
  const of = path.endsWith('.items') ? 'array items' : 'object fields';
  return [fieldRequired(`${path}.type`, `must not be empty for specified ${of}`)];
}

const notInLogic = [
  'type',
  'default',
  'nullable',
  'description',
  'title',
  'additionalProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
] as const;

function checkLogicPart(schema: Schema, path: string): FieldError[] {
  const isIntOrString = schema.type === 'integer' || schema.type === 'string';
  return notInLogic
    .filter(
      (name) => schema[name] !== undefined && !(name === 'type' && isIntOrString && path.includes('anyOf')),
    )
    .map((name) => fieldForbidden(`${path}.${name}`, 'must be empty to be structural'));
}

function checkWords(schema: Schema, path: string): FieldError[] {
  if (schema.pattern === undefined) return [];
  try {
    patternOf(schema.pattern);
    return [];
  } catch (err) {
    return [
      fieldInvalid(
        `${path}.pattern`,
        schema.pattern,
        `must be a valid regular expression, but isn't: ${(err as Error).message}`,
      ),
    ];
  }
}

/** Of JSON schema, but not of structural schemas. */
const unsupported: Readonly<Record<string, string>> = {
  $ref: '$ref is not supported',
  definitions: 'definitions is not supported',
  dependencies: 'dependencies is not supported',
  patternProperties: 'patternProperties is not supported',
  additionalItems: 'additionalItems is not supported',
  id: 'id is not supported',
};

function checkUnsupported(schema: Schema, path: string): FieldError[] {
  const wrong = Object.entries(unsupported)
    .filter(([name]) => name in schema)
    .map(([name, why]) => fieldForbidden(`${path}.${name}`, why));
  if (schema.uniqueItems)
    wrong.push(
      fieldForbidden(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  if (schema.additionalProperties === false)
    wrong.push(fieldForbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'));
  if (schema.properties && schema.additionalProperties !== undefined)
    wrong.push(
      fieldForbidden(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (Array.isArray(schema.items))
    wrong.push(fieldForbidden(`${path}.items`, 'items must be a schema object and not an array'));
  return wrong;
}

function checkExtensions(schema: Schema, path: string, { inLogic }: Where): FieldError[] {
  if (inLogic) return [];
  const wrong: FieldError[] = [];
  const { type, items } = schema;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    wrong.push(
      fieldInvalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
    );
  if (schema['x-kubernetes-embedded-resource']) {
    if (type !== 'object')
      wrong.push(
        type
          ? fieldInvalid(`${path}.type`, type, 'must be object if x-kubernetes-embedded-resource is true')
          : fieldRequired(`${path}.type`, 'must be object if x-kubernetes-embedded-resource is true'),
      );
    if (!schema.properties && !schema['x-kubernetes-preserve-unknown-fields'])
      wrong.push(
        fieldRequired(
          `${path}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      );
  }
  if (type === 'array' && !items) wrong.push(fieldRequired(`${path}.items`, 'must be specified'));
  return [...wrong, ...checkListType(schema, path), ...checkMapType(schema, path)];
}

function checkListType(schema: Schema, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  const at = `${path}.x-kubernetes-list-type`;
  const atKeys = `${path}.x-kubernetes-list-map-keys`;
  const items: Schema | undefined = isObject(schema.items) ? schema.items : undefined;
  if (listType === undefined)
    return keys?.length ? [fieldRequired(at, 'must be map if x-kubernetes-list-map-keys is non-empty')] : [];
  if (!['atomic', 'set', 'map'].includes(listType))
    return [fieldNotSupported(at, listType, ['atomic', 'map', 'set'])];
  const wrong: FieldError[] = [];
  if (schema.type !== 'array')
    wrong.push(
      fieldInvalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'),
    );
  if (listType !== 'map') {
    if (keys?.length)
      wrong.push(fieldInvalid(at, listType, 'must be map if x-kubernetes-list-map-keys is non-empty'));
    return wrong;
  }
  if (!keys?.length) wrong.push(fieldRequired(atKeys, 'must not be empty if x-kubernetes-list-type is map'));
  if (items?.type !== 'object')
    wrong.push(
      fieldInvalid(
        `${path}.items.type`,
        items?.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    );
  for (const [i, key] of (keys ?? []).entries()) {
    const property = items?.properties?.[key];
    if (!property)
      wrong.push(fieldInvalid(`${atKeys}[${i}]`, key, `entries must all be names of item properties`));
    else if (property.default === undefined && !items?.required?.includes(key))
      wrong.push(
        fieldRequired(
          `${path}.items.properties[${key}].default`,
          `this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
        ),
      );
  }
  return wrong;
}

function checkMapType(schema: Schema, path: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const at = `${path}.x-kubernetes-map-type`;
  if (mapType !== 'granular' && mapType !== 'atomic')
    return [fieldNotSupported(at, mapType, ['atomic', 'granular'])];
  if (schema.type === 'object') return [];
  return [
    fieldInvalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-map-type is specified'),
  ];
}

/** A default is itself such a value, and nothing in it would be pruned. */
function checkDefault(schema: Schema, path: string, { isRoot, inLogic }: Where): FieldError[] {
  const { default: preset } = schema;
  if (preset === undefined || inLogic) return [];
  const at = `${path}.default`;
  if (isRoot) return [fieldForbidden(at, 'must not be set')];
  try {
    const { unknown } = prune(preset, schema, schema['x-kubernetes-embedded-resource'] === true);
    if (unknown.length > 0) return [fieldInvalid(at, preset, 'must not have unknown fields')];
    const { default: _, ...rest } = schema;
    return validateSchema(preset, rest, at);
  } catch {
    // The schema itself is wrong, and that is said.
    return [];
  }
}

function checkChildren(schema: Schema, path: string, { inLogic }: Where): FieldError[] {
  const child = { isRoot: false, inLogic };
  const logic = { isRoot: false, inLogic: true };
  const additional = schema.additionalProperties;
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
      checkPart(one, `${path}.properties[${name}]`, child),
    ),
    ...(isObject(additional) ? checkUntyped(additional, `${path}.additionalProperties`, child) : []),
    ...(isObject(schema.items) ? checkUntyped(schema.items, `${path}.items`, child) : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((word) =>
      (schema[word] ?? []).flatMap((one, i) => checkPart(one, `${path}.${word}[${i}]`, logic)),
    ),
    ...(schema.not ? checkPart(schema.not, `${path}.not`, logic) : []),
  ];
}

/** Where something else than a schema may stand too, nobody has looked at its types yet. */
function checkUntyped(schema: Schema, path: string, where: Where): FieldError[] {
  const { errors } = decode(schema, 'apiextensions/v1.JSONSchemaProps');
  if (errors[0] !== undefined) return [fieldInvalid(path, schema, errors[0])];
  return checkPart(schema, path, where);
}
