import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded, TookTooLong } from './bounded.ts';

test('work that ends in time gives its value', () =>
  assert.equal(
    bounded(1000, () => 42),
    42,
  ));

test('a regular expression without an end is ended', () =>
  assert.throws(() => bounded(20, () => /^(a+)+$/.test(`${'a'.repeat(40)}b`)), TookTooLong));

test('errors of the work come through', () =>
  assert.throws(() => bounded(1000, () => JSON.parse('{')), SyntaxError));
