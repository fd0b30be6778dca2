import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { structsAsMaps } from './structs.ts';

const cases: [string, string][] = [
  ['Object{spec: Object.spec{replicas: 3}}', 'dyn({"spec": dyn({"replicas": 3})})'],
  ['[JSONPatch{op: "add", path: "/a:b{", value: 1}]', '[dyn({"op": "add", "path": "/a:b{", "value": 1})]'],
  ['Object{a: has(x.b) ? c : d}', 'dyn({"a": has(x.b) ? c : d})'],
  ['{"a": Object{b: {c: d}}}', '{"a": dyn({"b": {c: d}})}'],
  ['object.list.map(c, Object.list.item{name: c.name})', 'object.list.map(c, dyn({"name": c.name}))'],
  [`'Object{a: 1}' + r"\\" // Object{b: 2}`, `'Object{a: 1}' + r"\\" // Object{b: 2}`],
  ['Object{\n  // why\n  a: 1,\n  b: 2}', 'dyn({\n  // why\n  "a": 1,\n  "b": 2})'],
  ['myObject.a', 'myObject.a'],
];

describe('objects in expressions', () => {
  for (const [text, expected] of cases)
    test(`become maps: ${text}`, () => {
      assert.equal(structsAsMaps(text), expected);
    });
});
