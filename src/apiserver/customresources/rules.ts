/**
 * The CEL rules of a schema: `x-kubernetes-validations`.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { isDeepStrictEqual } from 'node:util';
import { Optional } from '@marcbachmann/cel-js';
import { type FieldError, fieldInvalid } from '../../api/errors.ts';
import { hasRules } from '../../api/jsonschema/rules.ts';
import { below, memberOf, type Rule, type Schema } from '../../api/jsonschema/schema.ts';
import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import { celEnvironment, compileCel, type Expression } from '../cel/environment.ts';
import { celValue } from '../cel/values.ts';
import type { CheckRules } from './kinds.ts';
import { undefinedField } from './ruleFields.ts';

interface CompiledRule {
  readonly rule: Rule;
  readonly expression: Expression;
  readonly message?: Expression;
  /** It compares with what was there before. */
  readonly isTransition: boolean;
}

/** By the schema that they stand in. */
type Compiled = ReadonlyMap<Schema, readonly CompiledRule[]>;

/** What every object has, seen by rules at the root and of embedded objects. */
const head: Readonly<Record<string, Schema>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } },
};

/** @throws {Error} for rules that cannot be compiled, which {@link ruleErrors} tells in good time. */
export function compileRules(schema: Schema): CheckRules {
  const compiled = new Map<Schema, CompiledRule[]>();
  compileAll(schema, compiled, true);
  return (object, old) =>
    check(object, old, { schema, path: '', isRoot: true, isComparable: old !== undefined }, compiled);
}

function compileAll(schema: Schema, into: Map<Schema, CompiledRule[]>, isRoot: boolean): void {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length > 0)
    into.set(
      schema,
      rules.map((rule) => compiled(rule, schema, isRoot)),
    );
  for (const { child } of childrenOf(schema)) compileAll(child, into, false);
}

function compiled(rule: Rule, schema: Schema, isRoot: boolean): CompiledRule {
  const env = celEnvironment(['self', 'oldSelf']);
  const expression = compileCel(env, rule.rule);
  if (expression.type !== 'bool' && expression.type !== 'dyn')
    throw new Error('cel expression must evaluate to a bool');
  const missing = undefinedField(expression.ast, isRoot ? withHead(schema) : schema);
  if (missing !== undefined)
    throw new Error(`compilation failed: ERROR: <input>: undefined field '${missing}'`);
  return {
    rule,
    expression,
    ...(rule.messageExpression && { message: compileCel(env, rule.messageExpression) }),
    isTransition: /\boldSelf\b/.test(rule.rule),
  };
}

const withHead = (schema: Schema): Schema => ({ ...schema, properties: { ...schema.properties, ...head } });

function* childrenOf(schema: Schema): Generator<{ child: Schema; at: string }> {
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    yield { child, at: `.properties[${name}]` };
  if (typeof schema.additionalProperties === 'object')
    yield { child: schema.additionalProperties, at: '.additionalProperties' };
  if (schema.items) yield { child: schema.items, at: '.items' };
}

/** What is wrong with the rules of a schema, for who defines it. */
export function ruleErrors(schema: Schema, path: string, isRoot = true): FieldError[] {
  const wrong: FieldError[] = [];
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    try {
      compiled({ rule: rule.rule }, schema, isRoot);
    } catch (err) {
      wrong.push(fieldInvalid(`${at}.rule`, rule.rule, (err as Error).message));
    }
    if (rule.messageExpression)
      try {
        const { type } = compileCel(celEnvironment(['self', 'oldSelf']), rule.messageExpression);
        if (type !== 'string' && type !== 'dyn') throw new Error('must evaluate to a string');
      } catch (err) {
        wrong.push(fieldInvalid(`${at}.messageExpression`, rule.messageExpression, (err as Error).message));
      }
  }
  for (const { child, at } of childrenOf(schema)) wrong.push(...ruleErrors(child, path + at, false));
  return wrong;
}

interface Place {
  schema: Schema;
  path: string;
  isRoot: boolean;
  /** The value before is known to be that of the same thing. */
  isComparable: boolean;
}

function check(value: unknown, old: unknown, place: Place, rules: Compiled): FieldError[] {
  const { schema, path, isRoot } = place;
  if (value === null || value === undefined || !hasRules(schema)) return [];
  const own = rules.get(schema) ?? [];
  const wrong: FieldError[] = [];
  if (own.length > 0) {
    const seen = isRoot ? withHead(schema) : schema;
    const self = celValue(isRoot ? rootOf(value as JsonObject) : value, seen);
    const before =
      !place.isComparable || old === undefined || old === null
        ? undefined
        : celValue(isRoot ? rootOf(old as JsonObject) : old, seen);
    for (const rule of own) wrong.push(...checkRule(rule, self, before, place));
  }
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    const before = keyedItems(schema, old);
    for (const [i, item] of value.entries()) {
      const was = before?.(item);
      const inside = { schema: items, path: `${path}[${i}]`, isRoot: false };
      wrong.push(...check(item, was, { ...inside, isComparable: was !== undefined }, rules));
    }
  } else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      const child = memberOf(schema, name);
      if (!child || (isRoot && name === 'metadata')) continue;
      const was = isObject(old) ? old[name] : undefined;
      const inside = { schema: child, path: below(path, name), isRoot: false };
      wrong.push(...check(member, was, { ...inside, isComparable: was !== undefined }, rules));
    }
  return wrong;
}

/** Of the metadata a rule sees the names only. */
const rootOf = ({ metadata, ...rest }: JsonObject): JsonObject => {
  const { name, generateName } = (metadata ?? {}) as JsonObject;
  return {
    ...rest,
    metadata: { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) },
  };
};

/** Finds the item that was there before; only in a list that is a map can items be told apart. */
function keyedItems(schema: Schema, old: unknown): ((item: unknown) => unknown) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined;
  const keyOf = (item: unknown) => (isObject(item) ? keys.map((key) => item[key]) : undefined);
  return (item) => (old as unknown[]).find((one) => isDeepStrictEqual(keyOf(one), keyOf(item)));
}

function checkRule(rule: CompiledRule, self: unknown, before: unknown, place: Place): FieldError[] {
  const { expression, isTransition } = rule;
  const { optionalOldSelf, fieldPath } = rule.rule;
  if (isTransition && before === undefined && !optionalOldSelf) return [];
  const oldSelf = optionalOldSelf ? (before === undefined ? Optional.none() : Optional.of(before)) : before;
  const variables = { self, oldSelf: oldSelf ?? null };
  const at = fieldPath ? place.path + fieldPath : place.path;
  try {
    if (expression.evaluate(variables) === true) return [];
  } catch (err) {
    const text = `${(err as Error).message} evaluating rule: ${rule.rule.message ?? rule.rule.rule}`;
    return [ruleError(rule.rule, at, place.schema, text)];
  }
  return [ruleError(rule.rule, at, place.schema, messageOf(rule, variables))];
}

function messageOf({ rule, message }: CompiledRule, variables: Record<string, unknown>): string {
  const plain = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
  if (!message) return plain;
  try {
    const told = message.evaluate(variables);
    return typeof told === 'string' && told.trim() !== '' ? told.trim() : plain;
  } catch {
    return plain;
  }
}

function ruleError(
  { reason = 'FieldValueInvalid' }: Rule,
  path: string,
  schema: Schema,
  why: string,
): FieldError {
  const field = path === '' ? '<nil>' : path.replace(/^\./, '');
  const shown = JSON.stringify(schema.type ?? 'object');
  switch (reason) {
    case 'FieldValueRequired':
      return { reason, field, message: `Required value: ${why}` };
    case 'FieldValueForbidden':
      return { reason, field, message: `Forbidden: ${why}` };
    case 'FieldValueDuplicate':
      return { reason, field, message: `Duplicate value: ${shown}` };
    default:
      return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${shown}: ${why}` };
  }
}
