import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered } from './remembered.ts';

const counting = (limit: number) => {
  const asked: string[] = [];
  const length = remembered(limit, (text) => {
    asked.push(text);
    return { length: text.length };
  });
  return { asked, length };
};

test('a short text is worked on once', () => {
  const { asked, length } = counting(10);
  assert.equal(length('cpu'), length('cpu'));
  assert.deepEqual(asked, ['cpu']);
});

test('beyond the limit all is forgotten, and known again afterwards', () => {
  const { asked, length } = counting(2);
  for (const text of ['a', 'b', 'c', 'a', 'a']) assert.deepEqual(length(text), { length: 1 });
  assert.deepEqual(asked, ['a', 'b', 'c', 'a']);
});

test('a long text and one that fails are not kept', () => {
  const { asked, length } = counting(10);
  length('x'.repeat(65));
  length('x'.repeat(65));
  assert.equal(asked.length, 2);
  const failing = remembered(10, (text) => {
    throw new Error(`no ${text}`);
  });
  assert.throws(() => failing('a'), /no a/);
  assert.throws(() => failing('a'), /no a/);
});
