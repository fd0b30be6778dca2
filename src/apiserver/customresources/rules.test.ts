import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../../api/jsonschema/schema.ts';
import { compileRules, ruleErrors } from './rules.ts';

const root = (spec: Schema): Schema => ({ type: 'object', properties: { spec } });
const objectWith = (spec: unknown) => ({ apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' }, spec });

const said = (spec: Schema, now: unknown, before?: unknown) =>
  compileRules(root(spec))(objectWith(now), before === undefined ? undefined : objectWith(before)).map(
    ({ reason, field, message }) => `${reason} ${field}: ${message}`,
  );

const count: Schema = { type: 'object', properties: { n: { type: 'integer' }, max: { type: 'integer' } } };

test('a rule says its message, or itself', () => {
  const rule = 'self.n <= self.max';
  const spec = (more: object): Schema => ({ ...count, 'x-kubernetes-validations': [{ rule, ...more }] });
  const bad = { n: 2, max: 1 };
  assert.deepEqual(said(spec({}), { n: 1, max: 1 }), []);
  assert.deepEqual(said(spec({}), bad), [
    `FieldValueInvalid spec: Invalid value: "object": failed rule: ${rule}`,
  ]);
  assert.match(said(spec({ message: 'too many' }), bad)[0] ?? '', /: too many$/);
  assert.match(
    said(spec({ messageExpression: "'at most ' + string(self.max)" }), bad)[0] ?? '',
    /: at most 1$/,
  );
  assert.match(
    said(spec({ messageExpression: 'string(self.none.x)', message: 'plain' }), bad)[0] ?? '',
    /: plain$/,
  );
  assert.deepEqual(said(spec({ reason: 'FieldValueForbidden', fieldPath: '.n', message: 'no' }), bad), [
    'FieldValueForbidden spec.n: Forbidden: no',
  ]);
});

test('a rule with oldSelf is asked when there was something', () => {
  const spec: Schema = {
    type: 'object',
    properties: { n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] } },
  };
  assert.deepEqual(said(spec, { n: 1 }), []);
  assert.deepEqual(said(spec, { n: 1 }, {}), []);
  assert.deepEqual(said(spec, { n: 2 }, { n: 1 }), []);
  assert.equal(said(spec, { n: 1 }, { n: 2 }).length, 1);
});

test('with optionalOldSelf it is asked always', () => {
  const spec: Schema = {
    ...count,
    'x-kubernetes-validations': [{ rule: 'oldSelf.hasValue() || self.n == 0', optionalOldSelf: true }],
  };
  assert.equal(said(spec, { n: 1 }).length, 1);
  assert.deepEqual(said(spec, { n: 1 }, { n: 0 }), []);
});

test('items of a map are compared with what they were', () => {
  const spec: Schema = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      properties: { name: { type: 'string' }, v: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.v == oldSelf.v' }],
    },
  };
  const before = [
    { name: 'a', v: 1 },
    { name: 'b', v: 2 },
  ];
  assert.deepEqual(said(spec, before.toReversed(), before), []);
  assert.match(said(spec, [{ name: 'b', v: 3 }], before)[0] ?? '', /^FieldValueInvalid spec\[0\]/);
});

test('what fails while it is evaluated is told', () => {
  const spec: Schema = { ...count, 'x-kubernetes-validations': [{ rule: 'self.n > 0' }] };
  assert.match(said(spec, {})[0] ?? '', /No such key: n evaluating rule: self\.n > 0$/);
});

test('a definition hears which of its rules cannot be compiled', () => {
  const errors = (rule: string) =>
    ruleErrors(root({ ...count, 'x-kubernetes-validations': [{ rule }] }), 's').map(
      ({ field, message }) => `${field} ${message}`,
    );
  assert.deepEqual(errors('self.n > 0'), []);
  assert.match(
    errors('self.n >')[0] ?? '',
    /^s\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule .*compilation failed/,
  );
  assert.match(errors('self.missing > 0')[0] ?? '', /undefined field 'missing'/);
  assert.match(errors("'text'")[0] ?? '', /must evaluate to a bool/);
  assert.match(errors('nobody > 0')[0] ?? '', /compilation failed/);
});
