import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fillDefaults } from './defaults.ts';
import { isOfFormat } from './formats.ts';
import { validateLists } from './lists.ts';
import { prune } from './prune.ts';
import type { Schema } from './schema.ts';
import { validateStructural } from './structural.ts';
import { structureOfSchema } from './structure.ts';
import { patternOf, validateSchema } from './validate.ts';

const said = (value: unknown, schema: Schema) =>
  validateSchema({ x: value }, { type: 'object', properties: { x: schema } }).map(
    ({ field, message }) => `${field}: ${message}`,
  );

/** Schema, a good value, a bad one, and what is said of the bad one. */
const cases: readonly [Schema, unknown, unknown, string][] = [
  [{ type: 'integer' }, 1, 'a', 'x: Invalid value: "string": x in body must be of type integer: "string"'],
  [{ type: 'integer' }, 1, 1.5, 'x: Invalid value: "number": x in body must be of type integer: "number"'],
  [{ type: 'number' }, 1.5, true, 'x: Invalid value: "boolean": x in body must be of type number: "boolean"'],
  [{ type: 'string' }, 'a', null, 'x: Invalid value: "null": x in body must be of type string: "null"'],
  [
    { type: 'string', nullable: true },
    null,
    1,
    'x: Invalid value: "integer": x in body must be of type string: "integer"',
  ],
  [
    { 'x-kubernetes-int-or-string': true },
    '50%',
    true,
    'x: Invalid value: "boolean": x in body must be of type integer,string: "boolean"',
  ],
  [{ type: 'string', enum: ['a', 'b'] }, 'a', 'c', 'x: Unsupported value: "c": supported values: "a", "b"'],
  [{ type: 'string', pattern: '^a+$' }, 'aa', 'b', `x: Invalid value: "b": x in body should match '^a+$'`],
  [{ type: 'string', maxLength: 2 }, 'ab', 'abc', 'x: Too long: may not be more than 2 bytes'],
  [
    { type: 'string', minLength: 2 },
    'ab',
    'a',
    'x: Invalid value: "a": x in body should be at least 2 chars long',
  ],
  [
    { type: 'string', format: 'ipv4' },
    '10.0.0.1',
    'x',
    'x: Invalid value: "x": x in body must be of type ipv4: "x"',
  ],
  [{ type: 'integer', maximum: 5 }, 5, 6, 'x: Invalid value: 6: x in body should be less than or equal to 5'],
  [
    { type: 'integer', minimum: 5, exclusiveMinimum: true },
    6,
    5,
    'x: Invalid value: 5: x in body should be greater than 5',
  ],
  [
    { type: 'number', multipleOf: 0.1 },
    0.3,
    0.35,
    'x: Invalid value: 0.35: x in body should be a multiple of 0.1',
  ],
  [
    { type: 'array', items: { type: 'string' } },
    ['a'],
    ['a', 1],
    'x[1]: Invalid value: "integer": x[1] in body must be of type string: "integer"',
  ],
  [{ type: 'array', maxItems: 1 }, [1], [1, 2], 'x: Too many: 2: must have at most 1 items'],
  [{ type: 'object', required: ['y'] }, { y: 1 }, {}, 'x.y: Required value'],
  [
    { type: 'object', additionalProperties: { type: 'integer' } },
    { y: 1 },
    { y: 'a' },
    'x.y: Invalid value: "string": x.y in body must be of type integer: "string"',
  ],
  [{ not: { enum: [1] } }, 2, 1, '<nil>: Invalid value: "": "x" must not validate the schema (not)'],
  [
    { anyOf: [{ enum: [1] }, { enum: [2] }] },
    2,
    3,
    '<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)',
  ],
  [
    { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
    1,
    3,
    '<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  ],
];

describe('a value', () => {
  for (const [schema, good, bad, message] of cases)
    test(`of ${JSON.stringify(schema)} is not ${JSON.stringify(bad)}`, () => {
      assert.deepEqual(said(good, schema), []);
      assert.equal(said(bad, schema)[0], message);
    });
});

test('patterns are those of Go', () => {
  assert.ok(patternOf('(?i)^abc$').test('ABC'));
  assert.ok(patternOf('^[[:alpha:]]+$').test('abc') && !patternOf('^[[:alpha:]]+$').test('a1'));
  assert.equal(patternOf('(?P<year>\\d{4})').exec('in 2024')?.groups?.['year'], '2024');
});

test('formats say what they are known for', () => {
  const good: [string, string][] = [
    ['date', '2024-02-29'],
    ['date-time', '2024-02-29T01:02:03Z'],
    ['uuid', '123e4567-e89b-12d3-a456-426614174000'],
    ['email', 'a@example.com'],
    ['cidr', '10.0.0.0/8'],
    ['ipv6', '::1'],
    ['byte', 'YWI='],
    ['duration', '1h30m'],
    ['mac', '00:11:22:aa:bb:cc'],
    ['isbn10', '0-306-40615-2'],
  ];
  for (const [format, text] of good) assert.ok(isOfFormat(text, format), format);
  for (const [format] of good) assert.ok(!isOfFormat('?', format), format);
  assert.ok(isOfFormat('anything', 'of-my-own'));
});

const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

describe('pruning', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { a: { type: 'string' }, any: anything } },
      list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      map: { type: 'object', additionalProperties: { type: 'object', properties: { a: {} } } },
      whole: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: anything } },
    },
  };
  test('leaves out what is not named, and says where it stood', () => {
    const { value, unknown } = prune(
      {
        kind: 'K',
        spec: { a: 'x', b: 1, any: { c: 1 } },
        list: [{ a: 1 }, { b: 2 }],
        map: { k: { b: 1 } },
        whole: { kind: 'Pod', metadata: { name: 'x' }, status: {}, spec: { y: 1 } },
        constructor: 1,
      },
      schema,
      true,
    );
    assert.deepEqual(value, {
      kind: 'K',
      spec: { a: 'x', any: { c: 1 } },
      list: [{ a: 1 }, {}],
      map: { k: {} },
      whole: { kind: 'Pod', metadata: { name: 'x' }, spec: { y: 1 } },
    });
    assert.deepEqual(unknown, ['spec.b', 'list[1].b', 'map.k.b', 'whole.status', 'constructor']);
  });
  test('changes nothing where everything is kept, and nothing the second time', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true }),
        (value) => {
          assert.deepEqual(prune(value, anything, false), { value, unknown: [] });
          const once = prune(value, schema, false).value;
          assert.deepEqual(prune(once, schema, false), { value: once, unknown: [] });
        },
      ),
    ));
});

describe('defaults', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      a: { type: 'string', default: 'x' },
      b: { type: 'string', nullable: true, default: 'x' },
      c: { type: 'string' },
      d: { type: 'object', properties: { e: { type: 'integer', default: 1 } } },
      f: { type: 'object', default: {}, properties: { g: { type: 'boolean', default: false } } },
      h: { type: 'array', items: { type: 'object', properties: { i: { type: 'integer', default: 2 } } } },
    },
  };
  const filled = (value: unknown) => {
    fillDefaults(value, schema);
    return value;
  };
  test('are set where nothing stands, in what is there', () =>
    assert.deepEqual(filled({ h: [{}, { i: 3 }], b: 'y' }), {
      a: 'x',
      b: 'y',
      f: { g: false },
      h: [{ i: 2 }, { i: 3 }],
    }));
  test('take the place of nulls that may not be, and leave those that may', () =>
    assert.deepEqual(filled({ a: null, b: null, c: null, d: null }), { a: 'x', b: null, f: { g: false } }));
});

test('sets and maps have no item twice', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      set: { type: 'array', items: {}, 'x-kubernetes-list-type': 'set' },
      map: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a', 'b'],
        items: { type: 'object' },
      },
    },
  };
  const wrong = validateLists(
    { set: ['a', 'b', 'a'], map: [{ a: 1, b: 1 }, { a: 1 }, { b: 1, a: 1, c: 2 }] },
    schema,
  );
  assert.deepEqual(
    wrong.map(({ field }) => field),
    ['set[2]', 'map[2]'],
  );
});

describe('a schema is structural', () => {
  const errors = (schema: Schema) =>
    validateStructural(schema, 's').map(({ field, message }) => `${field}: ${message}`);
  const inSpec = (spec: Schema) => errors({ type: 'object', properties: { spec } });
  test('when every part has a type', () => {
    assert.deepEqual(errors({} as Schema), ['s.type: Required value: must not be empty at the root']);
    assert.deepEqual(inSpec({}), [
      's.properties[spec].type: Required value: must not be empty for specified object fields',
    ]);
    assert.deepEqual(inSpec({ type: 'array', items: {} }), [
      's.properties[spec].items.type: Required value: must not be empty for specified array items',
    ]);
    assert.deepEqual(inSpec({ 'x-kubernetes-int-or-string': true }), []);
  });
  test('when allOf and the like only narrow it', () =>
    assert.deepEqual(inSpec({ type: 'string', anyOf: [{ default: 1 }] }), [
      's.properties[spec].anyOf[0].default: Forbidden: must be empty to be structural',
    ]));
  test('when it uses nothing that cannot be checked', () => {
    assert.match(inSpec({ type: 'object', $ref: 'x' } as Schema)[0] ?? '', /Forbidden/);
    assert.match(
      inSpec({ type: 'array', items: { type: 'string' }, uniqueItems: true })[0] ?? '',
      /quadratic/,
    );
    assert.match(inSpec({ type: 'string', pattern: '(' })[0] ?? '', /must be a valid regular expression/);
    assert.match(inSpec({ type: 'integer', default: 'x' })[0] ?? '', /default: Invalid value: "string"/);
  });
  test('when it is a schema everywhere', () =>
    assert.match(
      inSpec({ type: 'array', items: { type: 'object', allOf: {} } } as unknown as Schema)[0] ?? '',
      /^s\.properties\[spec\]\.items: Invalid value: .*cannot unmarshal object/,
    ));
  test('when the keys of its maps are there', () => {
    const items: Schema = { type: 'object', properties: { a: { type: 'string' } } };
    const list: Schema = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a'],
      items,
    };
    assert.match(inSpec(list)[0] ?? '', /must have a default or be a required property/);
    assert.deepEqual(inSpec({ ...list, items: { ...items, required: ['a'] } }), []);
  });
});

test('server-side apply learns from it what is a map, a set or a whole', () => {
  const made = structureOfSchema({
    type: 'object',
    properties: {
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      list: { type: 'array', items: { type: 'string' } },
      whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' } } },
      any: anything,
      map: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['b', 'a'],
        items: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
      },
    },
  });
  const named = (name: string) => (made.type === 'fields' ? made.named(name) : undefined);
  assert.deepEqual(
    ['set', 'list', 'whole', 'any', 'other'].map((name) => named(name)?.type),
    ['set', 'leaf', 'leaf', 'untyped', undefined],
  );
  const map = named('map');
  assert.ok(map?.type === 'keyed');
  assert.deepEqual([map.keys, map.defaults], [['a', 'b'], { a: 'x' }]);
});
