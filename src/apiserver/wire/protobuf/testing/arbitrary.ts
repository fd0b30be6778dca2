/** Objects of any message for property tests: what a client may send, in the form that JSON has. */
import fc from 'fast-check';
import { type Field, messageOf, type ScalarType } from '../../../../api/message.ts';

const key = fc.string({ minLength: 1, maxLength: 12 }).filter((k) => k !== '__proto__' && !/^\d+$/.test(k));

const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((v): unknown => JSON.parse(JSON.stringify({ v }).replaceAll('__proto__', 'p')));

const seconds = fc.integer({ min: -60_000_000_000, max: 250_000_000_000 });

const time = seconds.map((s) => `${new Date(s * 1000).toISOString().slice(0, 19)}Z`);
const microTime = fc
  .tuple(time, fc.integer({ min: 0, max: 999_999 }))
  .map(([t, micros]) => t.replace('Z', `.${String(micros).padStart(6, '0')}Z`));

const schema = fc
  .tuple(fc.constantFrom('string', 'object'), fc.boolean())
  .map(([type, nested]) => ({ type, ...(nested && { items: { type: 'string' }, not: { nullable: true } }) }));

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  string: fc.string({ unit: 'grapheme', maxLength: 20 }),
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((d) => (d === 0 ? 0 : d)),
  bytes: fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b).toString('base64')),
  time,
  microTime,
  duration: fc.constantFrom('0s', '1.5s', '3h2m1s', '-250ms', '10µs', '7ns', '1h0m0s'),
  quantity: fc.constantFrom('0', '100m', '1Gi', '1e3', '-5'),
  intOrString: fc.oneof(fc.integer(), fc.string({ maxLength: 8 })),
  fieldsV1: json,
  rawExtension: json,
  json,
  schemaOrArray: fc.oneof(schema, fc.array(schema, { minLength: 1, maxLength: 3 })),
  schemaOrBool: fc.oneof(schema, fc.boolean()),
  schemaOrStrings: fc.oneof(schema, fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 })),
};

const isZero = (v: unknown) => v === '' || v === 0 || v === false;

const made = new Map<string, fc.Arbitrary<Record<string, unknown>>>();

/** An object of the message. Nesting ends after `depth` messages. */
export function objectOf(messageName: string, depth = 4): fc.Arbitrary<Record<string, unknown>> {
  const name = `${messageName} ${depth}`;
  const known = made.get(name) ?? newObjectOf(messageName, depth);
  made.set(name, known);
  return known;
}

function newObjectOf(messageName: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of messageOf(messageName).byName.values()) {
    if (field.number === 0 || messageOf('meta/v1.TypeMeta').fields.includes(field)) continue;
    // What contains itself in many places would be as large as a forest.
    const isItself = typeof field.type === 'object' && field.type.message === messageName;
    const member = memberOf(field, isItself ? Math.min(depth, 1) : depth);
    if (member) members[field.name] = member;
  }
  return fc.record(members, { requiredKeys: [], noNullPrototype: true });
}

function memberOf(field: Field, depth: number): fc.Arbitrary<unknown> | undefined {
  if (typeof field.type === 'object' && depth === 0) return undefined;
  const one = valueOf(field, depth);
  // Protobuf cannot tell an empty list or map from one that is not there.
  if (field.shape === 'list') return fc.array(one, { minLength: 1, maxLength: 3 });
  if (field.shape === 'map')
    return fc.dictionary(key, one, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  return field.pointer || field.required ? one : one.filter((v) => !isZero(v));
}

function valueOf(field: Field, depth: number): fc.Arbitrary<unknown> {
  if (typeof field.type === 'string') return scalars[field.type];
  const { bare } = messageOf(field.type.message);
  if (bare) return fc.array(valueOf(bare, depth), { maxLength: 3 });
  return objectOf(field.type.message, depth - 1);
}
