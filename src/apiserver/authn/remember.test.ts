import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember } from './remember.ts';

test('answers are remembered, the last few that were used, and failures never', () => {
  const asked: string[] = [];
  const length = remember((key) => {
    asked.push(key);
    return key === '' ? undefined : key.length;
  }, 2);
  assert.deepEqual(['a', 'bb', 'a', 'a'].map(length), [1, 2, 1, 1]);
  assert.deepEqual(asked, ['a', 'bb']);
  length('ccc');
  length('a');
  assert.deepEqual(asked, ['a', 'bb', 'ccc'], 'a was used after bb');
  length('bb');
  assert.deepEqual(asked, ['a', 'bb', 'ccc', 'bb'], 'bb had to go for ccc');
  length('');
  length('');
  assert.deepEqual(asked.slice(4), ['', '']);
});
