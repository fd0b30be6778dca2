/**
 * Is a value as its schema says? What is wrong is said in the words of Kubernetes, which are those of
 * go-openapi, on which its API server builds.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type FieldError,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  fieldTooMany,
} from '../errors.ts';
import { isObject, type JsonObject } from '../jsonValue.ts';
import { isOfFormat } from './formats.ts';
import { additionalOf, below, propertyOf, type Schema } from './schema.ts';

/** Empty: the value is good. `path` is that of the value, empty for the whole. */
export function validateSchema(value: unknown, schema: Schema, path = ''): FieldError[] {
  if (value === null && schema.nullable) return [];
  const wrongType = checkType(value, schema, path);
  if (wrongType) return [wrongType];
  return [
    ...checkEnum(value, schema, path),
    ...checkKind(value, schema, path),
    ...checkComposition(value, schema, path),
  ];
}

/** A message about the field in go-openapi's words: `spec.replicas in body must be …`. */
const inBody = (path: string, why: string) => `${path === '' ? '' : `${path} `}in body ${why}`;

const typeInvalid = (path: string, type: string, shown: unknown): FieldError => ({
  ...fieldInvalid(
    path === '' ? '<nil>' : path,
    shown,
    inBody(path, `must be of type ${type}: ${JSON.stringify(shown)}`),
  ),
  reason: 'FieldValueTypeInvalid',
});

/** The type as JSON schema names it. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: Schema, path: string): FieldError | undefined {
  const type = typeOf(value);
  if (schema['x-kubernetes-int-or-string'])
    return type === 'integer' || type === 'string' ? undefined : typeInvalid(path, 'integer,string', type);
  if (schema.type === undefined || schema.type === '') return undefined;
  if (schema.type === type || (schema.type === 'number' && type === 'integer')) return undefined;
  return typeInvalid(path, schema.type, type);
}

function checkEnum(value: unknown, schema: Schema, path: string): FieldError[] {
  if (!schema.enum || schema.enum.some((allowed) => isDeepStrictEqual(allowed, value))) return [];
  const supported = schema.enum.map((allowed) =>
    typeof allowed === 'string' ? allowed : JSON.stringify(allowed),
  );
  return [fieldNotSupported(path, value, supported)];
}

function checkKind(value: unknown, schema: Schema, path: string): FieldError[] {
  if (typeof value === 'string') return checkText(value, schema, path);
  if (typeof value === 'number') return checkNumber(value, schema, path);
  if (Array.isArray(value)) return checkList(value, schema, path);
  return isObject(value) ? checkObject(value, schema, path) : [];
}

function checkText(text: string, schema: Schema, path: string): FieldError[] {
  const wrong: FieldError[] = [];
  const length = lengthOf(text);
  if (schema.maxLength !== undefined && length > schema.maxLength)
    wrong.push(fieldTooLong(path, schema.maxLength));
  if (schema.minLength !== undefined && length < schema.minLength)
    wrong.push(fieldInvalid(path, text, inBody(path, `should be at least ${schema.minLength} chars long`)));
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(text))
    wrong.push(fieldInvalid(path, text, inBody(path, `should match '${schema.pattern}'`)));
  if (schema.format !== undefined && !isOfFormat(text, schema.format))
    wrong.push(typeInvalid(path, schema.format, text));
  return wrong;
}

/** In characters, not in the units of JavaScript's texts. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

const patterns = new Map<string, RegExp>();

/** Go's syntax of regular expressions, as far as it is another: `(?P<name>…)`, `(?i)`, `\z` and classes by name. */
export function patternOf(pattern: string): RegExp {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    compiled = compile(pattern);
    if (patterns.size > 10_000) patterns.clear();
    patterns.set(pattern, compiled);
  }
  return compiled;
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~',
};

function compile(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole)
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$');
  try {
    return new RegExp(source, `u${flags?.[1] ?? ''}`);
  } catch {
    // Outside of its strict mode JavaScript takes more of what others take.
    return new RegExp(source, flags?.[1] ?? '');
  }
}

function checkNumber(value: number, schema: Schema, path: string): FieldError[] {
  const wrong: FieldError[] = [];
  const say = (why: string) => wrong.push(fieldInvalid(path, value, inBody(path, why)));
  const { maximum, minimum, multipleOf, format } = schema;
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum))
    say(`should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum))
    say(`should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    say(`should be a multiple of ${multipleOf}`);
  if (format === 'int32' && Number.isInteger(value) && (value >= 2 ** 31 || value < -(2 ** 31)))
    wrong.push(typeInvalid(path, 'int32', 'int64'));
  return wrong;
}

/** 0.3 is a multiple of 0.1, although the quotient of the doubles is none. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function checkList(list: unknown[], schema: Schema, path: string): FieldError[] {
  const { maxItems, minItems, items } = schema;
  const wrong: FieldError[] = [];
  if (maxItems !== undefined && list.length > maxItems) wrong.push(fieldTooMany(path, list.length, maxItems));
  if (minItems !== undefined && list.length < minItems)
    wrong.push(fieldInvalid(path, list.length, inBody(path, `should have at least ${minItems} items`)));
  if (items)
    for (const [i, item] of list.entries()) wrong.push(...validateSchema(item, items, `${path}[${i}]`));
  return wrong;
}

function checkObject(object: JsonObject, schema: Schema, path: string): FieldError[] {
  const { required = [], maxProperties, minProperties } = schema;
  const size = Object.keys(object).length;
  const wrong: FieldError[] = [];
  if (maxProperties !== undefined && size > maxProperties)
    wrong.push(fieldTooMany(path, size, maxProperties));
  if (minProperties !== undefined && size < minProperties)
    wrong.push(fieldInvalid(path, size, inBody(path, `should have at least ${minProperties} properties`)));
  for (const name of required) if (!Object.hasOwn(object, name)) wrong.push(fieldRequired(below(path, name)));
  const additional = additionalOf(schema);
  for (const [name, member] of Object.entries(object)) {
    const known = propertyOf(schema, name) ?? additional;
    if (known) wrong.push(...validateSchema(member, known, below(path, name)));
    else if (schema.additionalProperties === false)
      wrong.push(fieldInvalid(below(path, name), '', inBody(below(path, name), 'is a forbidden property')));
  }
  return wrong;
}

/** What is wrong with a whole value has no field, but names it. */
const composite = (why: string): FieldError => fieldInvalid('<nil>', '', why);

function checkComposition(value: unknown, schema: Schema, path: string): FieldError[] {
  const { allOf, anyOf, oneOf, not } = schema;
  const wrong: FieldError[] = [];
  const name = JSON.stringify(path);
  const judged = (schemas: readonly Schema[]) => schemas.map((one) => validateSchema(value, one, path));
  if (anyOf?.length) {
    const all = judged(anyOf);
    if (!all.some(isGood))
      wrong.push(composite(`${name} must validate at least one schema (anyOf)`), ...fewest(all));
  }
  if (oneOf?.length) {
    const all = judged(oneOf);
    const good = all.filter(isGood).length;
    const only = `${name} must validate one and only one schema (oneOf).`;
    if (good === 0) wrong.push(composite(`${only} Found none valid`), ...fewest(all));
    else if (good > 1) wrong.push(composite(`${only} Found ${good} valid alternatives`));
  }
  if (allOf?.length) {
    const all = judged(allOf);
    if (!all.every(isGood)) {
      const none = all.some(isGood) ? '' : '. None validated';
      wrong.push(...all.flat(), composite(`${name} must validate all the schemas (allOf)${none}`));
    }
  }
  if (not && isGood(validateSchema(value, not, path)))
    wrong.push(composite(`${name} must not validate the schema (not)`));
  return wrong;
}

const isGood = (errors: readonly FieldError[]) => errors.length === 0;

/** What is wrong with the schema that was met best. */
const fewest = (all: readonly FieldError[][]): FieldError[] =>
  all.toSorted((a, b) => a.length - b.length)[0] ?? [];

/** Whether checking a value may take longer than the value is long. */
export function hasPatterns(schema: Schema): boolean {
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...[schema.not, schema.items, additionalOf(schema)].filter((part) => part !== undefined),
  ];
  return schema.pattern !== undefined || parts.some(hasPatterns);
}
