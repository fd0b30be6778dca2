import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf } from './hash.ts';

test('the hash does not depend on the order of fields, and on everything else', () => {
  assert.equal(hashOf({ a: 1, b: { c: 2, d: 3 } }), hashOf({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(hashOf({ a: [1, 2] }), hashOf({ a: [2, 1] }));
  assert.notEqual(hashOf({ a: 1 }), hashOf({ a: 1 }, 1));
  assert.match(hashOf({ a: 1 }), /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
});
